# Claims tasks with the ordinary sqlite3 shell until none is left; says each id.
db=$1
worker=$2
echo ready
read -r _
while :; do
  id=$(sqlite3 -vfs unix-dotfile -cmd '.timeout 20000' "$db" "
    UPDATE tasks SET status='claimed', worker_id='$worker', claim_token=lower(hex(randomblob(8))),
      claimed_at=datetime('now'), updated_at=datetime('now')
    WHERE id=(SELECT id FROM tasks WHERE status='pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
    RETURNING id") || exit 1
  [ -n "$id" ] || exit 0
  echo "$id"
done
