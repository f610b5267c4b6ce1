# The worker protocol in raw SQL, as an agent runs it: claims and finishes tasks until none is left; says each id.
# usage: sql-worker.sh DB WORKER SHELL...
db=$1
worker=$2
shift 2
shell() {
  # An agent that is told "database is locked" tries the same again.
  while :; do
    out=$("$@" 2>"$errors") && break
    grep -q "database is locked" "$errors" || { cat "$errors" >&2; exit 1; }
    sleep 0.05
  done
}
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
echo ready
read -r _
while :; do
  shell "$@" "$db" "
    BEGIN IMMEDIATE;
    UPDATE tasks SET status='claimed', worker_id='$worker', claim_token=lower(hex(randomblob(16))),
      claimed_at=datetime('now'), updated_at=datetime('now')
    WHERE id=(SELECT id FROM tasks WHERE status='pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
    RETURNING id || ' ' || claim_token;
    COMMIT;"
  [ -n "$out" ] || exit 0
  id=${out% *}
  token=${out#* }
  echo "$id"
  finish() {
    "$@" "$db" <<SQL
BEGIN IMMEDIATE;
UPDATE steps SET status='done', evidence='by $worker', worker_id='$worker', completed_at=datetime('now')
  WHERE task_id='$id' AND status='pending';
UPDATE sop_checklist SET done_at=datetime('now'), done_by='$worker' WHERE task_id='$id' AND done_at IS NULL;
UPDATE tasks SET status='done', completed_at=datetime('now'), updated_at=datetime('now')
  WHERE id='$id' AND claim_token='$token' RETURNING id;
COMMIT;
SQL
  }
  shell finish "$@"
  [ "$out" = "$id" ] || { echo "lost $id: $out" >&2; exit 1; }
done
