import type { Delta, Level, Link, Quality, Reading, Snapshot, Topic, TopicChanges, Topics } from "./protocol";
import { TOPICS } from "./protocol";

/** What is known of a site's water now, out of its level sensors and its open incident. */
export interface SiteStatus {
  level: Level;
  link: Link;
  depthM: number | null;
  rateMmMin: number | null;
  observedAt: string | null;
  quality: Quality | null;
  flags: string[];
}

const UNKNOWN: SiteStatus = { level: 0, link: "unknown", depthM: null, rateMmMin: null, observedAt: null, quality: null, flags: [] };

/** The room as the server told it: plain objects by topic and id, outside the framework. */
export class RoomState {
  topics: Topics = emptyTopics();
  asOf: Partial<Record<Topic, string>> = {};
  seq: number | null = null;
  status = new Map<string, SiteStatus>();
  #sensorsOf = new Map<string, Set<string>>();
  #incidentsOf = new Map<string, Set<string>>();

  /** Takes a whole state; every topic is touched. */
  replace(snapshot: Snapshot): Set<Topic> {
    this.topics = { ...emptyTopics(), ...snapshot.state };
    this.asOf = { ...snapshot.as_of };
    this.seq = snapshot.seq;
    this.#sensorsOf = groupBySite(this.topics.readings);
    this.#incidentsOf = groupBySite(this.topics.incidents);
    this.status = new Map();
    for (const id of Object.keys(this.topics.sites)) this.#judge(id);
    return new Set(TOPICS);
  }

  /** Takes the next delta and says which topics it touched, or null when a message is missing before it. */
  apply(delta: Delta): Set<Topic> | null {
    if (this.seq === null || delta.seq !== this.seq + 1) return null;
    this.seq = delta.seq;
    Object.assign(this.asOf, delta.as_of);
    const touched = new Set<Topic>();
    const sites = this.#sitesIn(delta.changes);
    for (const topic of TOPICS) {
      const changes = delta.changes[topic];
      if (!changes) continue;
      touched.add(topic);
      merge(this.topics[topic] as Record<string, unknown>, changes);
    }
    this.#index(delta.changes);
    for (const id of sites) this.#judge(id);
    return touched;
  }

  statusOf(siteId: string): SiteStatus {
    return this.status.get(siteId) ?? UNKNOWN;
  }

  sensorsAt(siteId: string): ReadonlySet<string> {
    return this.#sensorsOf.get(siteId) ?? EMPTY;
  }

  /** Sites whose status may change; looked up before the change, because a removed object no longer names its site. */
  #sitesIn(changes: TopicChanges): Set<string> {
    const sites = new Set(Object.keys(changes.sites ?? {}));
    for (const topic of ["readings", "incidents"] as const) {
      for (const [id, value] of Object.entries(changes[topic] ?? {})) {
        const site = value?.site_id ?? this.topics[topic][id]?.site_id;
        if (site !== undefined) sites.add(site);
      }
    }
    return sites;
  }

  #index(changes: TopicChanges): void {
    for (const [topic, index] of [["readings", this.#sensorsOf], ["incidents", this.#incidentsOf]] as const) {
      for (const [id, value] of Object.entries(changes[topic] ?? {})) {
        if (value === null) for (const ids of index.values()) ids.delete(id);
        else addTo(index, value.site_id, id);
      }
    }
  }

  #judge(siteId: string): void {
    if (!(siteId in this.topics.sites)) {
      this.status.delete(siteId);
      return;
    }
    const readings = [...this.sensorsAt(siteId)].map((id) => this.topics.readings[id]).filter((r) => r !== undefined);
    const incidents = [...(this.#incidentsOf.get(siteId) ?? EMPTY)].map((id) => this.topics.incidents[id]);
    const openLevel = Math.max(0, ...incidents.map((i) => (i?.state === "open" ? i.level : 0))) as Level;
    this.status.set(siteId, judge(readings, openLevel));
  }
}

const EMPTY: ReadonlySet<string> = new Set();

/**
 * The worst level sensor whose reading is not bad speaks for the site. An open incident holds its level while the water
 * falls through it, and while nobody is heard: the level in force is the higher of the two, on the map and in every list.
 */
export function judge(readings: Reading[], openLevel: Level): SiteStatus {
  const worst = readings.filter((r) => r.quantity === "level" && r.quality !== "bad").sort(worseFirst)[0];
  const speaking = worst ?? readings.sort(worseFirst)[0];
  if (!speaking) return openLevel > 0 ? { ...UNKNOWN, level: openLevel } : UNKNOWN;
  const level = speaking.level ?? 0;
  return {
    level: Math.max(level, openLevel) as Level,
    link: speaking.link,
    depthM: worst ? worst.value : null,
    rateMmMin: worst?.rate_mm_min ?? null,
    observedAt: speaking.observed_at,
    quality: speaking.quality,
    flags: speaking.flags,
  };
}

function worseFirst(a: Reading, b: Reading): number {
  const online = Number(b.link === "online") - Number(a.link === "online");
  return online || (b.level ?? 0) - (a.level ?? 0) || b.value - a.value;
}

function emptyTopics(): Topics {
  return {
    sites: {}, readings: {}, forecasts: {}, incidents: {}, orders: {},
    teams: {}, posts: {}, levels: {}, alarms: {}, health: {},
  };
}

function merge(target: Record<string, unknown>, changes: Record<string, unknown>): void {
  for (const [id, value] of Object.entries(changes)) {
    if (value === null) delete target[id];
    else target[id] = value;
  }
}

function groupBySite(objects: Record<string, { site_id: string }>): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [id, object] of Object.entries(objects)) addTo(groups, object.site_id, id);
  return groups;
}

function addTo(groups: Map<string, Set<string>>, key: string, id: string): void {
  const group = groups.get(key);
  if (group) group.add(id);
  else groups.set(key, new Set([id]));
}
