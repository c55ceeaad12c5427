/** The live channel's messages, as docs/reference/live.md has them. Times are RFC 3339 in UTC, numbers SI. */

export type Level = 0 | 1 | 2 | 3 | 4;

export interface Threshold {
  level: Level;
  depth_m: number;
}

export interface Sensor {
  sensor_id: string;
  device_id: string;
  quantity: string;
  unit: string;
}

export interface Site {
  name: string;
  name_en: string | null;
  kind: "road" | "underpass" | "river" | "well" | "rain" | "tide" | "pump" | "flow";
  lon: number | null;
  lat: number | null;
  district: string | null;
  position: "surveyed" | "approximate" | "constructed" | null;
  pack: string | null;
  credit: string | null;
  thresholds: Threshold[];
  thresholds_source: string | null;
  sensors: Sensor[];
}

export type Link = "online" | "offline" | "stale" | "unknown";

export type Quality = "good" | "suspect" | "bad" | "unchecked";

export interface Reading {
  site_id: string;
  device_id: string;
  quantity: string;
  unit: string;
  observed_at: string;
  received_at: string;
  /** What the reading is worth; `raw` is what the gauge said where that is something else. */
  value: number;
  raw: number | null;
  quality: Quality;
  /** Why the quality is what it is, by name; a newer server may know more of them. */
  flags: string[];
  level: Level | null;
  rate_mm_min: number | null;
  link: Link;
}

export interface Quantiles {
  q05: number;
  q25: number;
  q50: number;
  q75: number;
  q95: number;
}

export interface Lead {
  lead_min: number;
  valid_time: string;
  depth_m: Quantiles;
  p: Partial<Record<"1" | "2" | "3" | "4", number>>;
}

export interface Forecast {
  run_id: string;
  issue_time: string;
  produced_by: string;
  leads: Lead[];
}

export interface Incident {
  site_id: string;
  kind: "water" | "silence";
  state: "open" | "closed";
  level: Level;
  peak_level: Level;
  depth_m: number | null;
  peak_depth_m: number | null;
  opened_at: string;
  level_since: string;
  closed_at: string | null;
}

export type AlarmState = "new" | "acknowledged" | "returned" | "closed";

export interface Alarm {
  site_id: string;
  level: Level;
  state: AlarmState;
  raised_at: string;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  rate_mm_min: number | null;
}

export type OrderState =
  | "proposed"
  | "confirmed"
  | "sent"
  | "acknowledged"
  | "en_route"
  | "on_scene"
  | "done"
  | "declined"
  | "recalled";

export interface Order {
  incident_id: string;
  site_id: string;
  team_id: string;
  level: Level;
  state: OrderState;
  reason: { zh: string; en: string; distance_m: number | null; travel_s: number | null };
  proposed_at: string;
  confirmed_at: string | null;
  confirmed_by: string | null;
  sent_at: string | null;
  acknowledged_at: string | null;
  en_route_at: string | null;
  on_scene_at: string | null;
  done_at: string | null;
  ended_at: string | null;
  version: number;
  alert: "none" | "queued" | "sent" | "failed";
}

export type TeamState = "free" | "assigned" | "en_route" | "on_scene" | "off";

export interface Team {
  name: string;
  name_en: string | null;
  people: number;
  skills: string[];
  pump_m3_h: number;
  lon: number | null;
  lat: number | null;
  position_at: string | null;
  state: TeamState;
  order_id: string | null;
  constructed: boolean;
}

export interface Health {
  state: "ok" | "degraded" | "down";
  detail_zh: string;
  detail_en: string;
  at: string;
  figures: Record<string, number>;
}

export interface Topics {
  sites: Record<string, Site>;
  readings: Record<string, Reading>;
  forecasts: Record<string, Forecast>;
  incidents: Record<string, Incident>;
  orders: Record<string, Order>;
  teams: Record<string, Team>;
  posts: Record<string, unknown>;
  levels: Record<string, unknown>;
  alarms: Record<string, Alarm>;
  health: Record<string, Health>;
}

export type Topic = keyof Topics;

export const TOPICS: readonly Topic[] = [
  "sites", "readings", "forecasts", "incidents", "orders", "teams", "posts", "levels", "alarms", "health",
];

export type TopicChanges = { [T in Topic]?: { [id: string]: Topics[T][string] | null } };

export type Mode = "live" | "drill" | "replay" | "simulation";

export type Role = "viewer" | "officer" | "admin" | "crew";

export interface User {
  name: string;
  role: Role;
  team_id: string | null;
}

export interface ClockReading {
  now: string;
  speed: number;
}

/** What is played, and what of it is constructed. */
export interface Scene {
  title: string;
  title_en: string;
  note: string;
  note_en: string;
}

export interface Hello {
  type: "hello";
  protocol: number;
  epoch: string;
  build: string;
  mode: Mode;
  title: string;
  clock: ClockReading;
  user: User;
  scene: Scene | null;
}

type Ages = Partial<Record<Topic, number>>;
type AsOf = Partial<Record<Topic, string>>;

export interface Snapshot {
  type: "snapshot";
  seq: number;
  at: string;
  state: Topics;
  as_of: AsOf;
  age_s: Ages;
}

export interface Delta {
  type: "delta";
  seq: number;
  at: string;
  changes: TopicChanges;
  as_of: AsOf;
  age_s: Ages;
  clock: ClockReading;
}

export interface ResumeFailed {
  type: "resume_failed";
  reason: string;
}

export type Message = Hello | Snapshot | Delta | ResumeFailed;
