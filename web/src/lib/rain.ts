export interface RainRecord {
  sensor: string;
  at: number; // ms since 1970
  mm: number; // fallen since the record before
}

export const RAIN_WINDOW_MS = 3 * 3_600_000;
export const RAIN_BUCKET_MS = 10 * 60_000;

export interface Rain {
  /** Mean over the gauges, mm in each ten minutes, the newest last. */
  buckets: number[];
  /** The gauge with most rain in the last hour. */
  wettest: { sensor: string; mm: number } | null;
}

export function rain(records: readonly RainRecord[], nowMs: number): Rain {
  const end = Math.ceil(nowMs / RAIN_BUCKET_MS) * RAIN_BUCKET_MS;
  const start = end - RAIN_WINDOW_MS;
  const sums: number[] = new Array<number>(RAIN_WINDOW_MS / RAIN_BUCKET_MS).fill(0);
  const lastHour = new Map<string, number>();
  const gauges = new Set<string>();
  for (const { sensor, at, mm } of records) {
    if (at <= start || at > end) continue;
    gauges.add(sensor);
    const bucket = Math.ceil((at - start) / RAIN_BUCKET_MS) - 1; // a record is about the time before it
    sums[bucket] = (sums[bucket] ?? 0) + mm;
    if (at > nowMs - 3_600_000) lastHour.set(sensor, (lastHour.get(sensor) ?? 0) + mm);
  }
  const [sensor, mm] = [...lastHour].sort((a, b) => b[1] - a[1])[0] ?? [];
  return {
    buckets: sums.map((sum) => sum / Math.max(1, gauges.size)),
    wettest: sensor === undefined || mm === undefined ? null : { sensor, mm },
  };
}
