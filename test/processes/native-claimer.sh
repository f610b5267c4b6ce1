# Claims tasks with the ordinary sqlite3 shell, by the VFS named, until none is left; says each id.
# An agent thinks between two calls: the last argument says how long, in seconds.
db=$1
worker=$2
vfs=$3
pause=${4:-0}
echo ready
read -r _
while :; do
  id=$(sqlite3 -vfs "$vfs" -cmd '.timeout 20000' "$db" "
    UPDATE tasks SET status='claimed', worker_id='$worker', claim_token=lower(hex(randomblob(8))),
      claimed_at=datetime('now'), updated_at=datetime('now')
    WHERE id=(SELECT id FROM tasks WHERE status='pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
    RETURNING id") || exit 1
  [ -n "$id" ] || exit 0
  echo "$id"
  sleep "$pause"
done
