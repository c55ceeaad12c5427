import type { Desk } from "./desk.svelte";

export interface MapKeys {
  full(): void;
  districts(): void;
}

/** The wall's keys. A key belongs to a field or a button while that has the focus. */
export function onKey(event: KeyboardEvent, desk: Desk, map: MapKeys): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(desk);
  const target = event.target as HTMLElement | null;
  if (target?.closest("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === " " && target?.closest("button, input")) return;
  const act = actions(desk, map)[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

/** A button that was clicked with a pointer gives up the focus, so that Space acknowledges and does not click it again. */
export function onClick(event: MouseEvent): void {
  const focused = document.activeElement;
  if (event.detail > 0 && focused instanceof HTMLButtonElement) focused.blur();
}

function escape(desk: Desk): void {
  if (desk.sheet) desk.sheet = null;
  else if (desk.list) desk.list = null;
  else desk.release();
}

function actions(desk: Desk, map: MapKeys): Record<string, () => void> {
  return {
    " ": () => desk.acknowledgeNext(),
    j: () => desk.walk(1),
    k: () => desk.walk(-1),
    m: () => desk.toggleMute(),
    f: () => map.full(),
    d: () => map.districts(),
    l: () => (desk.sheet = desk.sheet === "layers" ? null : "layers"),
    "/": () => (desk.list = "sites"),
    "?": () => (desk.sheet = desk.sheet === "help" ? null : "help"),
  };
}
