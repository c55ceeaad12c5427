import type { AlarmRow } from "./alarms";

export const RED_EVERY_MS = 3000;
export const MUTE_MS = 5 * 60_000;

export type Tone = "red" | "orange";

/** Decides what sounds: red every 3 s until acknowledged, orange once for each alarm. */
export class Siren {
  #lastRedMs = -Infinity;
  #heard = new Set<string>();
  #mutedUntilMs = 0;

  toggleMute(nowMs: number): void {
    this.#mutedUntilMs = this.mutedForMs(nowMs) > 0 ? 0 : nowMs + MUTE_MS;
  }

  mutedForMs(nowMs: number): number {
    return Math.max(0, this.#mutedUntilMs - nowMs);
  }

  next(rows: readonly AlarmRow[], nowMs: number): Tone | null {
    const fresh = rows.filter((r) => r.state === "new");
    const orange = fresh.filter((r) => r.level === 3 && !this.#heard.has(r.incidentId));
    for (const { incidentId } of orange) this.#heard.add(incidentId);
    if (this.mutedForMs(nowMs) > 0) return null;
    if (fresh.some((r) => r.level === 4)) {
      if (nowMs - this.#lastRedMs < RED_EVERY_MS) return null;
      this.#lastRedMs = nowMs;
      return "red";
    }
    return orange.length > 0 ? "orange" : null;
  }
}
