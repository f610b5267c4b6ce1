import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { go } from "../page/router.ts";
import { savedViews } from "../page/settings.ts";
import { Icon } from "../ui/icons.tsx";
import { Menu } from "../ui/menu.tsx";

/** Filters with a name, kept in this browser. The link has it all, so it can be sent as well. */
export function SavedViews(): JSX.Element {
  const [name, setName] = useState("");
  return (
    <Menu label="Saved views">{(close) => (
      <>
        {savedViews.value.map((view) => (
          <div class="row tight spread" key={view.name}>
            <button type="button" class="quiet grow" onClick={() => {
              close();
              go(view.link);
            }}>{view.name}</button>
            <button type="button" class="quiet icon" aria-label={`Forget ${view.name}`} onClick={() => (savedViews.value = savedViews.value.filter((each) => each !== view))}><Icon name="close" size={13} /></button>
          </div>
        ))}
        {savedViews.value.length === 0 ? <span class="muted">No saved views yet</span> : null}
        <form class="row tight" onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === "") return;
          savedViews.value = [...savedViews.value.filter((each) => each.name !== name.trim()), { name: name.trim(), link: location.hash }];
          setName("");
        }}>
          <input type="text" aria-label="Name for this view" placeholder="Name this view" value={name} onInput={(event) => setName(event.currentTarget.value)} />
          <button type="submit">Save</button>
        </form>
      </>
    )}</Menu>
  );
}
