import { expect, test } from "vitest";
import { rain } from "./rain";

const NOW = Date.parse("2026-07-20T09:00:00Z");
const ago = (minutes: number): number => NOW - minutes * 60_000;

test("buckets hold the mean over the gauges, each record in the ten minutes before it", () => {
  const { buckets, wettest } = rain(
    [
      { sensor: "a", at: NOW, mm: 3 }, // 08:50–09:00
      { sensor: "a", at: ago(10), mm: 1 }, // 08:40–08:50
      { sensor: "b", at: ago(10), mm: 2 },
      { sensor: "b", at: ago(181), mm: 50 }, // before the window
    ],
    NOW,
  );
  expect(buckets).toHaveLength(18);
  expect(buckets.slice(-2)).toEqual([1.5, 1.5]); // (1 + 2) / 2 gauges, 3 / 2 gauges
  expect(wettest).toEqual({ sensor: "a", mm: 4 });
});

test("no record, no wettest gauge", () => {
  expect(rain([], NOW)).toEqual({ buckets: new Array<number>(18).fill(0), wettest: null });
});
