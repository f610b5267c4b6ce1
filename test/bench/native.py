"""The native side of the benchmark: Python's sqlite3, in rollback mode unless the reference module says otherwise.

usage: native.py seed REFERENCE_DIR DB TASKS NESTED   seconds the reference module takes to seed
       native.py work DB WORKER COUNT VFS              seconds for COUNT claim + complete, durable, one at a time
       native.py drain DB WORKER                       number of tasks this process claimed and completed
"""
import json
import sqlite3
import sys
import time


def seed(reference: str, db: str, count: str, nested: str) -> None:
    sys.path.insert(0, reference)
    import seed_progress_db as module
    from pathlib import Path

    tasks = [{"goal": f"task {i}", "payload": {"i": i}} for i in range(int(count))]
    if nested == "1":
        for task in tasks:
            task["steps"] = [{"title": "one"}, {"title": "two"}, {"title": "three"}]
            task["sop_items"] = [{"key": "a", "description": "first"}, {"key": "b", "description": "second"}]
    start = time.perf_counter()
    module.seed_tasks(Path(db), tasks)
    print(time.perf_counter() - start)


def connect(db: str, vfs: str = "unix") -> sqlite3.Connection:
    con = sqlite3.connect(f"file:{db}?vfs={vfs}", uri=True, isolation_level=None, timeout=60)
    con.execute("PRAGMA journal_mode = TRUNCATE")
    con.execute("PRAGMA synchronous = FULL")
    return con


def claim(con: sqlite3.Connection, worker: str):
    con.execute("BEGIN IMMEDIATE")
    row = con.execute(
        "UPDATE tasks SET status='claimed', worker_id=?, claim_token=lower(hex(randomblob(8))),"
        " claimed_at=datetime('now'), updated_at=datetime('now') WHERE id=(SELECT id FROM tasks"
        " WHERE status='pending' ORDER BY priority DESC, seq, created_at LIMIT 1) RETURNING id", (worker,)
    ).fetchone()
    con.execute("COMMIT")
    return row


def complete(con: sqlite3.Connection, task: str, worker: str) -> None:
    con.execute("BEGIN IMMEDIATE")
    con.execute(
        "UPDATE tasks SET status='done', completed_at=datetime('now'), updated_at=datetime('now')"
        " WHERE id=? AND worker_id=?", (task, worker)
    )
    con.execute("COMMIT")


def work(db: str, worker: str, count: str, vfs: str) -> None:
    con = connect(db, vfs)
    start = time.perf_counter()
    for _ in range(int(count)):
        complete(con, claim(con, worker)[0], worker)
    print(time.perf_counter() - start)


def drain(db: str, worker: str) -> None:
    con = connect(db)
    print("ready", flush=True)
    sys.stdin.readline()
    done = 0
    while (row := claim(con, worker)) is not None:
        complete(con, row[0], worker)
        done += 1
    print(json.dumps(done))


{"seed": seed, "work": work, "drain": drain}[sys.argv[1]](*sys.argv[2:])
