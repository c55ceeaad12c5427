import { newKey } from "../lib/api";
import { compareOrders, isForCrew, nextAction, stateAfter, type FieldAction, type OrderRow } from "../lib/orders";
import type { OrderState, User } from "../lib/protocol";
import type { Room } from "../shared/room.svelte";
import { flush } from "./outbox";
import * as store from "./outbox-store";
import type { OutboxEntry } from "./outbox-store";
import { Position } from "./position";
import { recall, remember, type Task } from "./remembered";

const RETRY_MS = 15_000;

export interface Refusal {
  action: FieldAction;
  why: string;
}

/** The crew's phone: its tasks, live or remembered, with the queued taps already applied. */
export class Crew {
  queued = $state.raw<OutboxEntry[]>([]);
  refusals = $state<Refusal[]>([]);
  #remembered = $state.raw(recall());
  #position = new Position();
  #retry: ReturnType<typeof setInterval>;

  constructor(private readonly room: Room) {
    void this.#send();
    this.#position.refresh();
    this.#retry = setInterval(() => void this.#send(), RETRY_MS);
    addEventListener("online", this.#send);
  }

  stop(): void {
    clearInterval(this.#retry);
    removeEventListener("online", this.#send);
  }

  user = $derived.by((): User | null => this.room.hello?.user ?? this.#remembered?.user ?? null);

  #live = $derived.by((): Task[] | null => {
    const state = this.room.read("orders", "sites", "readings", "incidents", "teams");
    if (state.seq === null) return null;
    const { orders, sites, teams } = state.topics;
    return Object.entries(orders)
      .filter(([, order]) => isForCrew(order, this.user?.team_id ?? null))
      .map(([orderId, order]) => {
        const team = teams[order.team_id];
        return {
          orderId,
          order,
          site: sites[order.site_id] ?? null,
          status: state.statusOf(order.site_id),
          team: team ? { name: team.name, name_en: team.name_en, lon: team.lon, lat: team.lat } : null,
        };
      });
  });

  tasks = $derived.by(() => [...(this.#live ?? this.#remembered?.tasks ?? [])].sort((a, b) => compareOrders(rowOf(a), rowOf(b))));

  /** The time of a remembered list, or null when the list is live. */
  asOf = $derived.by(() => (this.#live === null ? (this.#remembered?.at ?? null) : null));

  queuedFor(orderId: string): FieldAction[] {
    return this.queued.filter((entry) => entry.orderId === orderId).map((entry) => entry.action);
  }

  stateOf(task: Task): OrderState {
    return stateAfter(task.order.state, this.queuedFor(task.orderId));
  }

  /** Keeps what is shown for a start without a network. */
  rememberTasks(): void {
    const user = this.room.hello?.user;
    if (!user || this.#live === null) return;
    remember({ user, at: new Date(this.room.now).toISOString(), tasks: this.#live });
  }

  async act(task: Task, action: FieldAction): Promise<void> {
    if (nextAction(this.stateOf(task)) !== action) return;
    const place = this.#position.last;
    const entry: OutboxEntry = {
      key: newKey(),
      orderId: task.orderId,
      action,
      body: { client_time: new Date().toISOString(), ...(place ?? {}) },
    };
    this.queued = [...this.queued, entry];
    await store.add(entry);
    this.#position.refresh();
    await this.#send();
  }

  #send = async (): Promise<void> => {
    const { refused } = await flush();
    this.refusals.push(...refused.map(({ entry, why }) => ({ action: entry.action, why })));
    this.queued = await store.entries();
    if (this.queued.length > 0) await askForSync();
  };
}

/** Where the browser can, the service worker sends the outbox even after the page was closed. */
async function askForSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration("/field");
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register("outbox").catch(() => undefined); // not allowed in private windows; the page keeps trying
}

const rowOf = ({ orderId, order, status }: Task): OrderRow => ({ ...order, orderId, urgency: status.level });
