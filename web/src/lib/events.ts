import type { Level, Topics } from "./protocol";

export type EventKind =
  | "opened"
  | "silent"
  | "closed"
  | "alarm_acknowledged"
  | "order_proposed"
  | "order_confirmed"
  | "order_acknowledged"
  | "order_en_route"
  | "order_on_scene"
  | "order_done"
  | "order_ended";

export interface RoomEvent {
  at: string;
  kind: EventKind;
  siteId: string;
  level: Level;
  depthM: number | null;
  teamId: string | null;
  by: string | null;
}

const ORDER_TIMES = [
  ["proposed_at", "order_proposed"],
  ["confirmed_at", "order_confirmed"],
  ["acknowledged_at", "order_acknowledged"],
  ["en_route_at", "order_en_route"],
  ["on_scene_at", "order_on_scene"],
  ["done_at", "order_done"],
] as const;

/** The newest things that happened, newest first, read off the times that incidents, alarms and orders carry. */
export function latestEvents(topics: Topics, count: number): RoomEvent[] {
  const events: RoomEvent[] = [];
  for (const incident of Object.values(topics.incidents)) {
    const { site_id: siteId, level, depth_m: depthM } = incident;
    const about = { siteId, depthM, teamId: null, by: null };
    const opened = incident.kind === "silence" ? "silent" : "opened";
    events.push({ ...about, at: incident.opened_at, kind: opened, level });
    if (incident.closed_at) events.push({ ...about, at: incident.closed_at, kind: "closed", level: incident.peak_level });
  }
  for (const alarm of Object.values(topics.alarms)) {
    if (!alarm.acknowledged_at) continue;
    const { site_id: siteId, level, acknowledged_by: by } = alarm;
    events.push({ at: alarm.acknowledged_at, kind: "alarm_acknowledged", siteId, level, depthM: null, teamId: null, by });
  }
  for (const order of Object.values(topics.orders)) {
    const about = { siteId: order.site_id, level: order.level, depthM: null, teamId: order.team_id };
    for (const [field, kind] of ORDER_TIMES) {
      const at = order[field];
      if (at) events.push({ ...about, at, kind, by: kind === "order_confirmed" ? order.confirmed_by : null });
    }
    if (order.ended_at && !order.done_at) events.push({ ...about, at: order.ended_at, kind: "order_ended", by: null });
  }
  return events.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, count);
}
