import { expect, test } from "vitest";
import { countdown, depthCm, distance, duration, localDate, localTime, rate, trend } from "./format";

const WORDS = { seconds: "s", minutes: "min", hours: "h", days: "d" };

test.each([
  [null, "–"], [0, "0.0"], [0.034, "3.4"], [0.0995, "10"], [0.123, "12"], [1.208, "121"], [-0.021, "−2.1"], [-0.0001, "0.0"],
])("depth %s m reads %s cm", (metres, text) => expect(depthCm(metres)).toBe(text));

test.each([[null, "–"], [0.2, "→ 0.2"], [3.24, "↑ 3.2"], [-12.4, "↓ 12"]])("rate %s reads %s", (mmMin, text) => expect(rate(mmMin)).toBe(text));

test("half a millimetre a minute is still steady below, a trend above", () => {
  expect([trend(0.49), trend(0.5), trend(-0.5)]).toEqual(["steady", "rising", "falling"]);
});

test.each([
  [1234, "1.2 s"], [59_900, "59 s"], [60_000, "1 min"], [3_599_000, "59 min"], [7_200_000, "2 h"], [200_000_000, "2 d"], [-5, "0.0 s"],
])("%d ms reads %s", (ms, text) => expect(duration(ms, WORDS)).toBe(text));

test("a mute of five minutes counts down in whole seconds", () => {
  expect([countdown(300_000), countdown(61_001), countdown(0)]).toEqual(["5:00", "1:02", "0:00"]);
});

test("distances are round: metres to ten, then kilometres", () => {
  expect([distance(null), distance(87), distance(949), distance(2140)]).toEqual(["–", "90 m", "950 m", "2.1 km"]);
});

test("the room's clock reads China's time across midnight UTC", () => {
  const at = Date.parse("2023-09-29T16:30:05Z"); // UTC+8: half past midnight of the next day
  expect([localDate(at), localTime(at)]).toEqual(["2023-09-30", "00:30:05"]);
});
