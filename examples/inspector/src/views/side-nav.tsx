import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRemote } from "../page/remote.ts";
import { linkTo, route } from "../page/router.ts";
import { info } from "../page/session.ts";
import { hasKeys } from "../page/settings.ts";
import { VIEWS } from "../page/views.ts";
import { number } from "../shared/words.ts";

export const isMenuOpen = signal(false);

export function SideNav(): JSX.Element {
  const isLedger = info.value?.isLedger === true;
  const { data: counts } = useRemote("counts", isLedger ? [] : null);
  const failed = counts?.byStatus["failed"] ?? 0;
  const badge: Record<string, JSX.Element | null> = {
    tasks: counts === undefined ? null : <span class="count">{number(counts.total)}</span>,
    failures: failed === 0 ? null : <span class="count bad">{number(failed)}</span>,
  };
  const { view } = route.value;
  return (
    <nav id="menu" class={isMenuOpen.value ? "side is-open" : "side"} aria-label="Views" onClick={() => (isMenuOpen.value = false)}>
      <ul>
        {VIEWS.filter(({ needsLedger }) => isLedger || !needsLedger).map((each) => (
          <li key={each.view}>
            <a href={linkTo(each.view)} aria-current={each.view === view || each.view === `${view}s` ? "page" : undefined}>
              {each.title}{badge[each.view] ?? null}
            </a>
          </li>
        ))}
      </ul>
      {hasKeys.value ? <p class="foot"><kbd>?</kbd> for keys</p> : null}
    </nav>
  );
}
