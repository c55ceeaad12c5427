import { ApiError, post } from "../lib/api";
import * as store from "./outbox-store";
import type { OutboxEntry } from "./outbox-store";

/** What became of one entry: sent or refused for good (and so removed), or to be tried again. */
export type Outcome = "sent" | "refused" | "later";

const AGAIN = new Set([0, 401, 408, 425, 429]);

export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ApiError)) return "later";
  return AGAIN.has(error.status) || error.status >= 500 ? "later" : "refused";
}

export interface Flushed {
  refused: { entry: OutboxEntry; why: string }[];
  waiting: number;
}

const LOCK = "onemap-outbox";

/** The page, a second tab and the service worker may all want to send: one lock, one sender, in the order of the taps. */
export function flush(): Promise<Flushed> {
  return "locks" in navigator ? (navigator.locks.request(LOCK, sendAll) as Promise<Flushed>) : sendAll();
}

async function sendAll(): Promise<Flushed> {
  const refused: Flushed["refused"] = [];
  for (const entry of await store.entries()) {
    try {
      await post(`/orders/${encodeURIComponent(entry.orderId)}/${entry.action}`, entry.body, entry.key);
    } catch (error) {
      if (outcomeOf(error) === "later") break;
      refused.push({ entry, why: (error as Error).message });
    }
    await store.remove(entry.key);
  }
  return { refused, waiting: (await store.entries()).length };
}
