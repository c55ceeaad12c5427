/** Numbers and times as a person reads them. The room's local time is China's. */

export const ROOM_TIME_ZONE = "Asia/Shanghai";

export const NOTHING = "–";
const MINUS = "−";

/** Depth in whole centimetres, one decimal below 10 cm: that is what a road gauge resolves. */
export function depthCm(depthM: number | null): string {
  if (depthM === null || !Number.isFinite(depthM)) return NOTHING;
  const cm = depthM * 100;
  const text = Math.abs(cm) < 9.95 ? Math.abs(cm).toFixed(1) : Math.abs(cm).toFixed(0);
  return cm < 0 && Number(text) !== 0 ? MINUS + text : text;
}

const STEADY_MM_MIN = 0.5; // below what a gauge of 1 cm tells over the half hour

export type Trend = "rising" | "falling" | "steady";

export function trend(rateMmMin: number | null): Trend {
  if (rateMmMin === null || Math.abs(rateMmMin) < STEADY_MM_MIN) return "steady";
  return rateMmMin > 0 ? "rising" : "falling";
}

export const TREND_ARROW: Record<Trend, string> = { rising: "↑", falling: "↓", steady: "→" };

/** Rise with its arrow, in mm/min without the unit; a missing rate stays missing. */
export function rate(rateMmMin: number | null): string {
  if (rateMmMin === null || !Number.isFinite(rateMmMin)) return NOTHING;
  const size = Math.abs(rateMmMin);
  return `${TREND_ARROW[trend(rateMmMin)]} ${size < 9.95 ? size.toFixed(1) : size.toFixed(0)}`;
}

export interface Words {
  seconds: string;
  minutes: string;
  hours: string;
  days: string;
}

/** An age or a duration in its largest sensible unit. */
export function duration(ms: number, words: Words): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 10) return `${s.toFixed(1)} ${words.seconds}`;
  if (s < 60) return `${Math.floor(s)} ${words.seconds}`;
  if (s < 3600) return `${Math.floor(s / 60)} ${words.minutes}`;
  if (s < 2 * 86_400) return `${Math.floor(s / 3600)} ${words.hours}`;
  return `${Math.floor(s / 86_400)} ${words.days}`;
}

export function countdown(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

export function distance(metres: number | null): string {
  if (metres === null) return NOTHING;
  return metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: ROOM_TIME_ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function fields(ms: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** `2026-11-23` in the room's zone. */
export function localDate(ms: number): string {
  const { year, month, day } = fields(ms);
  return `${year}-${month}-${day}`;
}

/** `16:58:07` in the room's zone. */
export function localTime(ms: number): string {
  const { hour, minute, second } = fields(ms);
  return `${hour}:${minute}:${second}`;
}

/** `16:58` in the room's zone. */
export function localMinute(ms: number): string {
  return localTime(ms).slice(0, 5);
}
