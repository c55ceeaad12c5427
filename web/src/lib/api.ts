import type { OwnLayer } from "./own-layers";
import type { Alarm, User } from "./protocol";

export const API = "/api/v1";

/** An answer other than success: problem details (RFC 9457) where the server sent them. `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(API + path, { credentials: "same-origin", ...init });
  } catch (cause) {
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw new ApiError(response.status, await problem(response));
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

async function problem(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { title?: string; detail?: unknown };
    return typeof body.detail === "string" ? body.detail : (body.title ?? response.statusText);
  } catch {
    return response.statusText;
  }
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function post<T>(path: string, body: unknown, key: string = newKey()): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
  });
}

export const get = <T>(path: string): Promise<T> => call<T>(path);

export const signIn = (user: string, password: string): Promise<{ user: User }> => post("/session", { user, password });
export const whoAmI = (): Promise<{ user: User }> => get("/session");
export const signOut = (): Promise<void> => call("/session", { method: "DELETE" });

export const acknowledgeAlarm = (incidentId: string): Promise<Alarm> =>
  post(`/incidents/${encodeURIComponent(incidentId)}/acknowledge`, {});

export const orderAction = (orderId: string, action: "confirm" | "recall", version: number): Promise<unknown> =>
  post(`/orders/${encodeURIComponent(orderId)}/${action}`, { version });

export interface HistoryItem {
  observed_at: string;
  received_at: string;
  value: number;
  quality: string;
}

const PAGE = 1000;
const MOST_PAGES = 5;

/** Readings of a site between two times (ms), oldest first. */
export async function history(siteId: string, quantity: string, fromMs: number, toMs: number): Promise<HistoryItem[]> {
  const query = new URLSearchParams({
    quantity,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    limit: String(PAGE),
  });
  const items: HistoryItem[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await get<Page<HistoryItem>>(`/sites/${encodeURIComponent(siteId)}/readings?${query}`);
    items.push(...answer.items);
    if (answer.next_cursor === null) break;
    query.set("cursor", answer.next_cursor);
  }
  return items;
}

/** The layers that the server has; `is_own` are the deployer's. */
export const layers = async (): Promise<{ layer: string; is_own: boolean }[]> => (await get<{ items: { layer: string; is_own: boolean }[] }>("/features")).items;

export const features = (layer: "districts" | "metro" | OwnLayer): Promise<GeoJSON.FeatureCollection> => get(`/features/${layer}`);
