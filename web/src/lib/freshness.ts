export type Freshness = "live" | "late" | "dead";

const REPORTING_S = 60; // a rain-time reporting interval of the fleet (domain: 1–5 min)
const HEARTBEAT_S = 5; // the longest pause between two deltas
const MISSED = 3;

/** How long the newest reading may be old before the badge turns grey; a fast storm ages `speed` times quicker in transit. */
export function lateAfterMs(speed: number): number {
  return MISSED * Math.max(REPORTING_S, HEARTBEAT_S * speed) * 1000;
}

export function freshness(connected: boolean, ageMs: number | null, speed: number): Freshness {
  if (!connected) return "dead";
  return ageMs === null || ageMs > lateAfterMs(speed) ? "late" : "live";
}
