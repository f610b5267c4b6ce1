/** What must be so when the queue is empty; each query lists the tasks that break it. */
const BROKEN = {
  "neither done nor failed": `
    SELECT goal FROM tasks WHERE status NOT IN ('done', 'failed')`,
  "done without evidence for all three steps": `
    SELECT goal FROM tasks WHERE status = 'done' AND 3 <> (
      SELECT count(*) FROM steps WHERE task_id = tasks.id AND steps.status = 'done' AND evidence <> '')`,
  "done with a required gate open": `
    SELECT goal FROM tasks WHERE status = 'done' AND EXISTS (
      SELECT 1 FROM sop_checklist WHERE task_id = tasks.id AND required AND done_at IS NULL)`,
  "failed without saying why": `
    SELECT goal FROM tasks WHERE status = 'failed' AND coalesce(last_error, '') = ''`,
};

/** The ledger's word against the queen's: what is not as it should be, one line each. */
export async function faults(db, total) {
  return db.read((sql) => {
    const broken = Object.entries(BROKEN).flatMap(([fault, query]) => sql.all(query).map(({ goal }) => `${goal}: ${fault}`));
    const { tasks, retried } = sql.get(`
      SELECT count(*) AS tasks, count(*) FILTER (WHERE retry_count = 1) AS retried FROM tasks`);
    if (tasks !== total) broken.push(`${tasks} tasks in the ledger, not ${total}`);
    if (retried !== 1) broken.push(`${retried} tasks came back from a dead worker, not 1`);
    return broken;
  });
}
