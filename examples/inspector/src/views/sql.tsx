import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce, tell } from "../page/announce.ts";
import type { WorkerFailure } from "../page/client.ts";
import { useRemote } from "../page/remote.ts";
import { linkTo, replace, route } from "../page/router.ts";
import { client, info, stop } from "../page/session.ts";
import { sqlHistory } from "../page/settings.ts";
import { READY_QUERIES } from "../shared/ready-queries.ts";
import { ROW_CAP, type QueryResult } from "../shared/protocol.ts";
import { number, plural } from "../shared/words.ts";
import { FailureNote } from "../ui/bits.tsx";
import { ExportMenu } from "../ui/export-menu.tsx";
import { Menu } from "../ui/menu.tsx";
import { ResultGrid } from "../ui/result-grid.tsx";

/** Queries kept in the history. */
const HISTORY = 50;

interface Run {
  sql: string;
  result?: QueryResult;
  failure?: WorkerFailure;
  plan?: boolean;
}

/** Any SQL that reads. What runs too long is stopped by ending the worker; the database is opened anew. */
export function SqlView(): JSX.Element {
  const { query } = route.value;
  const linked = query.get("q");
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(linked ?? sqlHistory.value[0] ?? "SELECT status, count(*) AS tasks FROM tasks GROUP BY status");
  const [isRunning, setRunning] = useState(false);
  const [run, setRun] = useState<Run | undefined>(undefined);
  const tables = useRemote("tables", []);
  useEffect(() => {
    if (linked !== null) setText(linked);
  }, [linked]);

  const execute = async (isPlan: boolean): Promise<void> => {
    const sql = chosen(area.current, text);
    if (sql === "" || isRunning) return;
    setRunning(true);
    replace(linkTo("sql", undefined, { q: text }));
    sqlHistory.value = [text, ...sqlHistory.value.filter((each) => each !== text)].slice(0, HISTORY);
    try {
      const result = isPlan ? { ...(await client.call("plan", sql)), isCut: false, ms: 0 } : await client.call("query", sql);
      setRun({ sql, result, plan: isPlan });
      announce(`${plural(result.rows.length, "row")}${result.isCut ? ", cut" : ""}`);
    } catch (failure) {
      const isStopped = (failure as WorkerFailure).code === "STOPPED";
      setRun(isStopped ? undefined : { sql, failure: failure as WorkerFailure });
      if (isStopped) tell("Stopped: the database is opened anew");
    } finally {
      setRunning(false);
    }
  };

  return (
    <div class="view">
      <div class="view-head">
        <h1>SQL</h1>
        <div class="row tight">
          {info.value?.isLedger === true ? (
            <Menu label="Ready queries">{(close) => READY_QUERIES.map(({ title, sql }) => (
              <button type="button" class="quiet" key={title} onClick={() => {
                close();
                setText(sql);
                area.current?.focus();
              }}>{title}</button>
            ))}</Menu>
          ) : null}
          <Menu label="History">{(close) => (sqlHistory.value.length === 0 ? <span class="muted">No queries yet</span> : sqlHistory.value.map((sql) => (
            <button type="button" class="quiet" key={sql} title={sql} onClick={() => {
              close();
              setText(sql);
            }}><code>{sql.replaceAll(/\s+/g, " ").slice(0, 60)}</code></button>
          )))}</Menu>
          <ExportMenu what={run?.result === undefined || run.plan === true ? undefined : { sql: run.sql }} name="query" />
        </div>
      </div>
      <div class="console">
        <div class="stack">
          <textarea ref={area} aria-label="SQL" rows={Math.min(14, Math.max(5, text.split("\n").length + 1))} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              void execute(false);
            }} />
          <div class="row">
            {isRunning ? <button type="button" class="danger" onClick={() => void stop()}>Stop</button>
              : <button type="button" class="primary" onClick={() => void execute(false)}>Run <kbd>Ctrl Enter</kbd></button>}
            <button type="button" onClick={() => void execute(true)} disabled={isRunning}>Explain query plan</button>
            <span class="muted told">{isRunning ? "Running…" : run?.result === undefined ? "Reads only: the connection refuses to write" : told(run)}</span>
          </div>
          {run?.failure === undefined ? null : <FailureNote failure={run.failure} />}
          {run?.result === undefined ? null : run.result.columns.length === 0 ? <p class="card empty">No result</p> : <ResultGrid grid={run.result} label="Result" />}
        </div>
        <Schema tables={tables.data ?? []} onChoose={(name) => insert(area.current, name, setText)} />
      </div>
    </div>
  );
}

function told({ result, plan }: Run): string {
  if (result === undefined || plan === true) return "";
  const rows = result.isCut ? `The first ${number(ROW_CAP)} rows: there are more` : plural(result.rows.length, "row");
  return `${rows} in ${result.ms < 10 ? result.ms.toFixed(1) : number(Math.round(result.ms))} ms`;
}

/** The selected part of the text, or all of it. */
function chosen(area: HTMLTextAreaElement | null, text: string): string {
  const selected = area === null ? "" : text.slice(area.selectionStart, area.selectionEnd).trim();
  return selected === "" ? text.trim() : selected;
}

function insert(area: HTMLTextAreaElement | null, name: string, setText: (text: string) => void): void {
  if (area === null) return;
  area.setRangeText(name, area.selectionStart, area.selectionEnd, "end");
  setText(area.value);
  area.focus();
}

function Schema({ tables, onChoose }: { tables: readonly { name: string; type: string; columns: readonly { name: string; type: string }[] }[]; onChoose: (name: string) => void }): JSX.Element {
  return (
    <section class="card" aria-label="Schema">
      <h2>Schema</h2>
      {tables.map(({ name, columns }) => (
        <details key={name}>
          <summary><code>{name}</code></summary>
          <ul>{columns.map((column) => (
            <li key={column.name}><button type="button" class="quiet" title={`Insert ${column.name}`} onClick={() => onChoose(column.name)}><code>{column.name}</code> <span class="muted">{column.type.toLowerCase()}</span></button></li>
          ))}</ul>
        </details>
      ))}
    </section>
  );
}
