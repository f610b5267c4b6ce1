"""The real SQLite, asked many times. A line in: JSON of [id, method, path]; a line out: JSON of [id, answer].

state   opens the database, which recovers it if need be, and tells all that is in it, as a hash, and what is wrong with it
shape   the same, but one UUID is like another
enter   takes the lock of `vfs=unix-dotfile` for a moment, for writing
"""
import hashlib, json, re, sqlite3, sys


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def state(path, text=repr):
    con = sqlite3.connect(path, isolation_level=None)
    try:
        con.execute("PRAGMA synchronous = OFF")
        faults = [row[0] for row in con.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"foreign key {row}" for row in con.execute("PRAGMA foreign_key_check")]
        schema = con.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
        content = [schema, con.execute("PRAGMA user_version").fetchall()]
        content += [con.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for kind, name, _, _ in schema if kind == "table"]
        return {"hash": hashlib.sha256(text(content).encode()).hexdigest(), "faults": faults}
    finally:
        con.close()


def shape(path):
    return state(path, lambda content: UUID.sub("UUID", repr(content)))


def enter(path):
    con = sqlite3.connect(f"file:{path}?vfs=unix-dotfile", uri=True, isolation_level=None, timeout=0)
    try:
        con.execute("PRAGMA synchronous = OFF")
        con.execute("BEGIN IMMEDIATE")
        con.execute("ROLLBACK")
        return {}
    finally:
        con.close()


for line in sys.stdin:
    number, method, path = json.loads(line)
    try:
        answer = {"state": state, "shape": shape, "enter": enter}[method](path)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps([number, answer]), flush=True)
