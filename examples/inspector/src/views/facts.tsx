import type { JSX } from "preact";
import { useRemote } from "../page/remote.ts";
import { linkTo } from "../page/router.ts";
import { info } from "../page/session.ts";
import { utc } from "../shared/time.ts";
import { number, percent } from "../shared/words.ts";
import { Ago, Card, Loaded, StatusBar } from "../ui/bits.tsx";

/** Small things worth knowing about the whole. */
export function Facts(): JSX.Element {
  const remote = useRemote("facts", []);
  const { data: steps } = useRemote("steps", []);
  const now = info.value;
  return (
    <div class="cards small">
      <Loaded remote={remote}>{({ priorities, priorityCount, oldestPending, gates }) => (
        <>
          <Card title="Steps and gates">
            <dl class="pairs">
              <dt>Steps</dt><dd>{steps === undefined ? "…" : `${number(steps.done)} of ${number(steps.total)} done (${percent(steps.done, steps.total)})`}</dd>
              <dt>SOP gates</dt><dd>{number(gates.met)} of {number(gates.total)} met ({percent(gates.met, gates.total)})</dd>
              <dt>Oldest pending</dt><dd>{oldestPending === null ? "none" : <a href={linkTo("task", oldestPending.id, { q: "status:pending" })}>created <Ago time={oldestPending.created} /></a>}</dd>
            </dl>
          </Card>
          <Card title="Priorities">
            <table>
              <thead><tr><th scope="col">Priority</th><th scope="col" class="number">Open</th><th scope="col" class="number">All</th><th scope="col" class="share"><span class="visually-hidden">Share done</span></th></tr></thead>
              <tbody>{priorities.map(({ priority, total, open }) => (
                <tr key={priority}>
                  <th scope="row"><a href={linkTo("tasks", undefined, { q: `priority:${priority}` })}>{String(priority)}</a></th>
                  <td class="number">{number(open)}</td><td class="number">{number(total)}</td>
                  <td class="share-cell"><StatusBar isThin label={`Priority ${priority}`} counts={{ done: total - open, pending: open }} /></td>
                </tr>
              ))}</tbody>
            </table>
            {priorityCount > priorities.length ? <p class="muted">The highest {priorities.length} of {number(priorityCount)}</p> : null}
          </Card>
        </>
      )}</Loaded>
      {now === undefined ? null : (
        <Card title="Database">
          <dl class="pairs">
            <dt>Schema</dt><dd>version {now.userVersion}</dd>
            <dt>Last write</dt><dd>{now.lastWrite === null ? "never" : utc(now.lastWrite)}</dd>
            <dt>Sidecar</dt><dd>{now.sidecar.text}</dd>
            {now.meta.map(({ key, value }) => <><dt class="mono">{key}</dt><dd><bdi>{value}</bdi></dd></>)}
          </dl>
        </Card>
      )}
    </div>
  );
}
