import type { LonLat } from "./coords";

export type Bounds = [west: number, south: number, east: number, north: number];

const EARTH_RADIUS_M = 6_371_009;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres. */
export function distanceM(a: LonLat, b: LonLat): number {
  const h =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

export function boundsOf(places: Iterable<LonLat>): Bounds | null {
  let bounds: Bounds | null = null;
  for (const { lon, lat } of places) {
    bounds = bounds
      ? [Math.min(bounds[0], lon), Math.min(bounds[1], lat), Math.max(bounds[2], lon), Math.max(bounds[3], lat)]
      : [lon, lat, lon, lat];
  }
  return bounds;
}

/** Every position in a GeoJSON coordinate array of any depth. */
export function* positions(coordinates: unknown): Generator<LonLat> {
  if (!Array.isArray(coordinates)) return;
  const [lon, lat] = coordinates as unknown[];
  if (typeof lon === "number" && typeof lat === "number") yield { lon, lat };
  else for (const inner of coordinates) yield* positions(inner);
}

export function centroid(places: readonly LonLat[]): LonLat | null {
  if (places.length === 0) return null;
  const sum = places.reduce((s, p) => ({ lon: s.lon + p.lon, lat: s.lat + p.lat }), { lon: 0, lat: 0 });
  return { lon: sum.lon / places.length, lat: sum.lat / places.length };
}

const GRATICULE_STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The finest step in degrees that draws at most `lines` lines over `span` degrees. */
export function graticuleStep(span: number, lines: number): number {
  return GRATICULE_STEPS.find((step) => span / step <= lines) ?? 10;
}

/** Multiples of `step` within [from, to], free of the drift of repeated addition. */
export function ticks(from: number, to: number, step: number): number[] {
  const out: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) out.push(Number((i * step).toFixed(6)));
  return out;
}

export function degreesText(value: number, step: number, axis: "lon" | "lat"): string {
  const digits = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const [positive, negative] = axis === "lon" ? ["E", "W"] : ["N", "S"];
  return `${Math.abs(value).toFixed(digits)}°${value < 0 ? negative : positive}`;
}

const SCALE_STEPS_M = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** The longest round length that fits into `maxPx` at `metresPerPx`. */
export function scaleBar(metresPerPx: number, maxPx: number): { metres: number; px: number } {
  const metres = SCALE_STEPS_M.findLast((m) => m / metresPerPx <= maxPx) ?? 50;
  return { metres, px: metres / metresPerPx };
}
