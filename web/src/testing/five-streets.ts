import type { Alarm, Incident, Level, Order, Reading, Site, Snapshot, Team, Topics } from "../lib/protocol";

/** The small world of the tests: five streets in two districts, two teams. Depth thresholds at 5, 15, 27 and 40 cm. */

export const AT = "2026-07-20T08:40:00Z";

export function site(name: string, district: string | null, more: Partial<Site> = {}): Site {
  return {
    name, name_en: null, kind: "road", lon: 113.65, lat: 34.76, district, position: "surveyed", pack: null, credit: null,
    thresholds: [
      { level: 1, depth_m: 0.05 },
      { level: 2, depth_m: 0.15 },
      { level: 3, depth_m: 0.27 },
      { level: 4, depth_m: 0.4 },
    ],
    thresholds_source: "config", sensors: [], ...more,
  };
}

export function reading(siteId: string, depthM: number, level: Level, more: Partial<Reading> = {}): Reading {
  return {
    site_id: siteId, device_id: `d-${siteId}`, quantity: "level", unit: "m", observed_at: AT, received_at: AT, value: depthM,
    raw: null, quality: "good", flags: [], level, rate_mm_min: 0, link: "online", ...more,
  };
}

export function incident(siteId: string, level: Level, more: Partial<Incident> = {}): Incident {
  return {
    site_id: siteId, kind: "water", state: "open", level, peak_level: level, depth_m: 0.5, peak_depth_m: 0.5, opened_at: AT,
    level_since: AT, closed_at: null, ...more,
  };
}

export function alarm(siteId: string, level: Level, more: Partial<Alarm> = {}): Alarm {
  return { site_id: siteId, level, state: "new", raised_at: AT, acknowledged_at: null, acknowledged_by: null, rate_mm_min: null, ...more };
}

export function order(siteId: string, teamId: string, more: Partial<Order> = {}): Order {
  return {
    incident_id: "1", site_id: siteId, team_id: teamId, level: 3, state: "sent", reason: { zh: "", en: "", distance_m: null, travel_s: null },
    proposed_at: AT, confirmed_at: null, confirmed_by: null, sent_at: null, acknowledged_at: null, en_route_at: null, on_scene_at: null,
    done_at: null, ended_at: null, version: 1, alert: "none", ...more,
  };
}

export function team(name: string, more: Partial<Team> = {}): Team {
  return {
    name, name_en: null, people: 12, skills: [], pump_m3_h: 0, lon: null, lat: null, position_at: null, state: "free", order_id: null,
    constructed: true, ...more,
  };
}

export function fiveStreets(more: Partial<Topics> = {}): Topics {
  return {
    sites: { a: site("A", "东区"), b: site("B", "东区"), c: site("C", "西区"), d: site("D", "西区"), e: site("E", null) },
    readings: {
      "1": reading("a", 0.62, 4, { rate_mm_min: 2 }),
      "2": reading("b", 0.2, 2, { rate_mm_min: 9 }),
      "3": reading("c", 0.3, 3),
      "4": reading("d", 0.01, 0),
      "5": reading("e", 0, 0),
    },
    forecasts: {}, incidents: {}, orders: {}, teams: { t1: team("一队"), t2: team("二队", { state: "en_route" }) },
    posts: {}, levels: {}, alarms: {}, health: {}, ...more,
  };
}

export function snapshot(seq: number, state: Topics): Snapshot {
  return { type: "snapshot", seq, at: AT, state, as_of: { readings: AT }, age_s: { readings: 0 } };
}
