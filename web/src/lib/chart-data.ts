import type { Forecast, Lead } from "./protocol";

export interface Observed {
  at: number; // s since 1970
  cm: number | null; // null breaks the line
}

/** uPlot draws through `undefined` (nothing at this time) and breaks at `null`. */
type Cell = number | null | undefined;

/** Columns for the chart on one time axis: time (s), observed, median, and the edges of the 50 % and 90 % bands (cm). */
export type ChartColumns = [
  time: number[],
  observed: Cell[],
  q50: Cell[],
  q25: Cell[],
  q75: Cell[],
  q05: Cell[],
  q95: Cell[],
];

const ANCHOR_WITHIN_S = 15 * 60;
const GAP_S = 30 * 60; // a line over a longer silence would claim what nobody measured

export function chartColumns(observed: readonly Observed[], forecast: Forecast | undefined): ChartColumns {
  const rows = new Map<number, Cell[]>();
  const row = (t: number): Cell[] => {
    const known = rows.get(t) ?? new Array<Cell>(6).fill(undefined);
    rows.set(t, known);
    return known;
  };
  for (const { at, cm } of observed) row(at)[0] = cm;
  if (forecast) {
    const issued = Date.parse(forecast.issue_time) / 1000;
    const anchor = observed.findLast((o) => o.cm !== null && o.at <= issued && issued - o.at <= ANCHOR_WITHIN_S);
    if (anchor) row(issued).splice(1, 5, anchor.cm, anchor.cm, anchor.cm, anchor.cm, anchor.cm);
    for (const { valid_time, depth_m: d } of forecast.leads) {
      const cells = [d.q50, d.q25, d.q75, d.q05, d.q95].map((m) => m * 100);
      row(Date.parse(valid_time) / 1000).splice(1, 5, ...cells);
    }
  }
  const times = [...rows.keys()].sort((a, b) => a - b);
  const column = (i: number): Cell[] => times.map((t) => rows.get(t)?.[i]);
  return [times, column(0), column(1), column(2), column(3), column(4), column(5)];
}

/** Puts one gap marker into every silence longer than half an hour. */
export function withGaps(observed: readonly Observed[]): Observed[] {
  return observed.flatMap((o, i) => {
    const next = observed[i + 1];
    return next && next.at - o.at > GAP_S ? [o, { at: o.at + GAP_S / 2, cm: null }] : [o];
  });
}

/** Adds a reading to a history that is kept in order, without doubling a time; the oldest beyond `keepFrom` leave. */
export function extend(history: readonly Observed[], point: Observed, keepFrom: number): Observed[] {
  const last = history.at(-1);
  if (last && point.at <= last.at) return history as Observed[];
  return [...history.filter((o) => o.at >= keepFrom), point];
}

/** The two leads that a commander asks for: about ten minutes and half an hour ahead. */
export function soonAndLater(leads: readonly Lead[]): Lead[] {
  const soon = leads.find((lead) => lead.lead_min >= 10);
  const later = leads.find((lead) => lead.lead_min >= 30);
  return [soon, later].filter((lead, i, all) => lead !== undefined && all.indexOf(lead) === i) as Lead[];
}
