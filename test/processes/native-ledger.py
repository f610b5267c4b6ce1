# The ordinary SQLite on one connection that stays open, by the dotfile lock. Does what it is told, a line each.
import json
import sqlite3
import sys

rows_of = lambda cursor: [dict(zip([column[0] for column in cursor.description], row)) for row in cursor]
connection = None

def rows():
    connection.execute("BEGIN")
    try:
        return {table: rows_of(connection.execute(f"SELECT * FROM {table} ORDER BY {order}")) for table, order in
                (("tasks", "rowid"), ("steps", "task_id, seq"), ("sop_checklist", "rowid"))}
    finally:
        connection.execute("COMMIT")

def check():
    return [row[0] for pragma in ("integrity_check", "foreign_key_check") for row in connection.execute(f"PRAGMA {pragma}")]

def claim(worker, now):
    taken = rows_of(connection.execute("""
        UPDATE tasks SET status = 'claimed', worker_id = ?, claim_token = lower(hex(randomblob(8))), claimed_at = ?, updated_at = ?
        WHERE id = (SELECT id FROM tasks WHERE status = 'pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
        RETURNING id, claim_token""", (worker, now, now)))
    return taken[0] if taken else None

def done(ref, now):
    connection.execute("""UPDATE tasks SET status = 'done', completed_at = ?, updated_at = ?
        WHERE id = ? AND claim_token = ? AND status IN ('claimed', 'in_progress')""", (now, now, ref["id"], ref["claim_token"]))

print("ready", flush=True)
for line in sys.stdin:
    told = json.loads(line)
    try:
        if told["verb"] == "open":
            if connection:
                connection.close()
            uri = f"file:{told['args'][0]}?vfs=unix-dotfile"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=20)
            value = None
        else:
            value = {"rows": rows, "check": check, "nativeClaim": claim, "nativeDone": done}[told["verb"]](*told["args"])
        print(json.dumps({"id": told["id"], "value": value}), flush=True)
    except sqlite3.Error as error:
        code = "SOP_OPEN" if "SOP_OPEN" in str(error) else "SQLITE"
        print(json.dumps({"id": told["id"], "error": {"name": "sqlite3", "code": code, "message": str(error)}}), flush=True)
