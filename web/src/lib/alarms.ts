import type { Alarm, AlarmState, Incident, Level, Reading, Site } from "./protocol";
import type { RoomState, SiteStatus } from "./state";

export interface AlarmRow {
  incidentId: string;
  siteId: string;
  site: Site | undefined;
  level: Level;
  state: AlarmState;
  kind: Incident["kind"];
  raisedAt: string;
  acknowledgedBy: string | null;
  depthM: number | null;
  rateMmMin: number | null;
  link: Reading["link"];
}

const STATE_ORDER: Record<AlarmState, number> = { new: 0, acknowledged: 1, returned: 2, closed: 3 };

/** Level, then unacknowledged, then rate; the older first where all are alike, so that rows do not jump. */
export function compareAlarms(a: AlarmRow, b: AlarmRow): number {
  return (
    b.level - a.level ||
    STATE_ORDER[a.state] - STATE_ORDER[b.state] ||
    (b.rateMmMin ?? -Infinity) - (a.rateMmMin ?? -Infinity) ||
    a.raisedAt.localeCompare(b.raisedAt) ||
    a.incidentId.localeCompare(b.incidentId)
  );
}

export function alarmRows(room: RoomState): AlarmRow[] {
  const { alarms, incidents, sites } = room.topics;
  const rows: AlarmRow[] = [];
  for (const [incidentId, alarm] of Object.entries(alarms)) {
    if (alarm.state === "closed") continue;
    rows.push(row(incidentId, alarm, incidents[incidentId], sites[alarm.site_id], room.statusOf(alarm.site_id)));
  }
  return rows.sort(compareAlarms);
}

function row(
  incidentId: string,
  alarm: Alarm,
  incident: Incident | undefined,
  site: Site | undefined,
  status: SiteStatus,
): AlarmRow {
  return {
    incidentId,
    siteId: alarm.site_id,
    site,
    level: incident?.state === "open" ? (Math.max(alarm.level, status.level) as Level) : alarm.level, // as the map has it
    state: alarm.state,
    kind: incident?.kind ?? "water",
    raisedAt: alarm.raised_at,
    acknowledgedBy: alarm.acknowledged_by,
    depthM: status.depthM ?? incident?.depth_m ?? null,
    rateMmMin: status.rateMmMin ?? alarm.rate_mm_min,
    link: status.link,
  };
}

const FLOOD_COUNT = 10; // more alarms than a person can take in ten minutes (ISA-18.2)
const FLOOD_WINDOW_MS = 10 * 60_000;

export function isAlarmFlood(rows: readonly AlarmRow[], nowMs: number): boolean {
  return rows.filter((r) => nowMs - Date.parse(r.raisedAt) < FLOOD_WINDOW_MS).length > FLOOD_COUNT;
}

export interface AreaGroup {
  area: string | null;
  worst: Level;
  unacknowledged: number;
  rows: AlarmRow[];
}

/** Alarms by district, the worst district first; rows inside keep their order. */
export function groupByArea(rows: readonly AlarmRow[]): AreaGroup[] {
  const groups = new Map<string | null, AreaGroup>();
  for (const row of rows) {
    const area = row.site?.district ?? null;
    const group = groups.get(area) ?? { area, worst: 0, unacknowledged: 0, rows: [] };
    group.rows.push(row);
    group.worst = Math.max(group.worst, row.level) as Level;
    group.unacknowledged += Number(row.state === "new");
    groups.set(area, group);
  }
  return [...groups.values()].sort(
    (a, b) => b.worst - a.worst || b.unacknowledged - a.unacknowledged || b.rows.length - a.rows.length,
  );
}

/** The group whose alarms are listed: that of the chosen alarm, else the worst. */
export function openGroup(groups: readonly AreaGroup[], chosen: string | null): AreaGroup | undefined {
  return groups.find((group) => group.rows.some((row) => row.incidentId === chosen)) ?? groups[0];
}

/** The order in which J and K walk: as the list shows it. */
export function walkOrder(rows: readonly AlarmRow[], flood: boolean): AlarmRow[] {
  return flood ? groupByArea(rows).flatMap((g) => g.rows) : [...rows];
}
