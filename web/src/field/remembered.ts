import type { Order, Site, Team, User } from "../lib/protocol";
import type { SiteStatus } from "../lib/state";

/** What the phone shows when it starts without a network: the last tasks it knew, with their time. */
export interface Task {
  orderId: string;
  order: Order;
  site: Site | null;
  status: SiteStatus;
  team: Pick<Team, "name" | "name_en" | "lon" | "lat"> | null;
}

export interface Remembered {
  user: User;
  at: string;
  tasks: Task[];
}

const KEY = "onemap-field-tasks";

export function recall(): Remembered | null {
  const text = localStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Remembered);
}

export function remember(what: Remembered): void {
  localStorage.setItem(KEY, JSON.stringify(what));
}

export function forget(): void {
  localStorage.removeItem(KEY);
}
