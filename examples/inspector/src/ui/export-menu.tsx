import type { JSX } from "preact";
import { exportRows, FORMATS, saveDatabase } from "../page/downloads.ts";
import { csvBom } from "../page/settings.ts";
import { Menu } from "./menu.tsx";

/** Exports the rows of a view, all of them: not only those in sight. */
export function ExportMenu({ what, name }: { what: Parameters<typeof exportRows>[0] | undefined; name: string }): JSX.Element {
  return (
    <Menu label="Export">{(close) => (
      <>
        {FORMATS.map(({ format, title }) => (
          <button type="button" class="quiet" key={format} disabled={what === undefined} onClick={() => {
            close();
            if (what !== undefined) void exportRows(what, format, name);
          }}>{title}</button>
        ))}
        <label class="check"><input type="checkbox" checked={csvBom.value} onChange={(event) => (csvBom.value = event.currentTarget.checked)} /> CSV for Excel (BOM)</label>
        <button type="button" class="quiet" onClick={() => {
          close();
          void saveDatabase();
        }}>Save the database (.db)</button>
      </>
    )}</Menu>
  );
}
