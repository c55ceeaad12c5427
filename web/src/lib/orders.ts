import type { Level, Order, OrderState, Topics } from "./protocol";

export interface OrderRow extends Order {
  orderId: string;
  /** How bad it is there now: water that has risen since the proposal makes its order more urgent. */
  urgency: Level;
}

const ENDED: ReadonlySet<OrderState> = new Set(["done", "declined", "recalled"]);

export const isEnded = (state: OrderState): boolean => ENDED.has(state);

/** What waits for a human first, then what runs, then what ended; within each the worse and the older first. */
export function compareOrders(a: OrderRow, b: OrderRow): number {
  return (
    stage(a.state) - stage(b.state) ||
    b.urgency - a.urgency ||
    a.proposed_at.localeCompare(b.proposed_at) ||
    a.orderId.localeCompare(b.orderId)
  );
}

function stage(state: OrderState): number {
  if (state === "proposed") return 0;
  return isEnded(state) ? 2 : 1;
}

export function orderRows({ orders, incidents }: Pick<Topics, "orders" | "incidents">): OrderRow[] {
  return Object.entries(orders)
    .map(([orderId, order]) => ({ ...order, orderId, urgency: incidents[order.incident_id]?.level ?? order.level }))
    .sort(compareOrders);
}

export type FieldAction = "acknowledge" | "depart" | "arrive" | "finish";

export const FIELD_ACTIONS: readonly FieldAction[] = ["acknowledge", "depart", "arrive", "finish"];

const AFTER: Record<FieldAction, OrderState> = {
  acknowledge: "acknowledged",
  depart: "en_route",
  arrive: "on_scene",
  finish: "done",
};

const NEXT: Partial<Record<OrderState, FieldAction>> = {
  confirmed: "acknowledge",
  sent: "acknowledge",
  acknowledged: "depart",
  en_route: "arrive",
  on_scene: "finish",
};

/** The one step a crew may take now, or null where none is theirs. */
export function nextAction(state: OrderState): FieldAction | null {
  return NEXT[state] ?? null;
}

/** The order's state once the queued actions have reached the server; one that does not follow is left out. */
export function stateAfter(state: OrderState, queued: readonly FieldAction[]): OrderState {
  return queued.reduce((now, action) => (nextAction(now) === action ? AFTER[action] : now), state);
}

/** An order that a crew has to see: sent to it and not over. */
export function isForCrew(order: Order, teamId: string | null): boolean {
  const theirs = teamId === null || order.team_id === teamId;
  return theirs && order.state !== "proposed" && !isEnded(order.state);
}
