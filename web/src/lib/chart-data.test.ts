import { expect, test } from "vitest";
import { chartColumns, extend, soonAndLater, withGaps } from "./chart-data";
import type { Forecast, Lead } from "./protocol";

const lead = (minutes: number): Lead => ({
  lead_min: minutes,
  valid_time: new Date(minutes * 60_000).toISOString(),
  depth_m: { q05: 0.1, q25: 0.2, q50: 0.3, q75: 0.4, q95: 0.5 },
  p: {},
});
const forecast: Forecast = { run_id: "r", issue_time: new Date(0).toISOString(), produced_by: "persistence", leads: [lead(15), lead(30)] };

test("observed and forecast share one axis; the forecast starts at what was observed when it was issued", () => {
  const [time, observed, q50, , , q05, q95] = chartColumns([{ at: -60, cm: 20 }, { at: 60, cm: 22 }], forecast);
  expect(time).toEqual([-60, 0, 60, 900, 1800]);
  expect(observed).toEqual([20, undefined, 22, undefined, undefined]);
  expect(q50).toEqual([undefined, 20, undefined, 30, 30]);
  expect([q05[3], q95[3]]).toEqual([10, 50]);
});

test("a forecast with nothing observed before it floats free", () => {
  expect(chartColumns([], forecast)[0]).toEqual([900, 1800]);
});

test("a silence of more than half an hour breaks the line", () => {
  expect(withGaps([{ at: 0, cm: 1 }, { at: 1800, cm: 2 }, { at: 3601, cm: 3 }]).map((o) => o.cm)).toEqual([1, 2, null, 3]);
});

test("a live reading is added once and the old end leaves", () => {
  const history = [{ at: 0, cm: 1 }, { at: 60, cm: 2 }];
  expect(extend(history, { at: 60, cm: 9 }, 0)).toBe(history);
  expect(extend(history, { at: 120, cm: 3 }, 60)).toEqual([{ at: 60, cm: 2 }, { at: 120, cm: 3 }]);
});

test("soon is the first lead from ten minutes, later from thirty, and one lead is not told twice", () => {
  expect(soonAndLater([lead(5), lead(15), lead(30)]).map((l) => l.lead_min)).toEqual([15, 30]);
  expect(soonAndLater([lead(60)]).map((l) => l.lead_min)).toEqual([60]);
});
