import { expect, test } from "vitest";
import { backoffMs } from "./backoff";
import { RoomClock } from "./clock";
import { freshness, lateAfterMs } from "./freshness";

test("at 60× the room's clock gains a minute a second", () => {
  const clock = new RoomClock();
  clock.set({ now: "2023-09-29T12:00:00Z", speed: 60 }, 5000);
  expect(new Date(clock.now(7000)).toISOString()).toBe("2023-09-29T12:02:00.000Z");
});

test("a paused clock stands where it was told, and goes on at another speed", () => {
  const clock = new RoomClock();
  expect(clock.paused).toBe(false);
  clock.set({ now: "2023-09-29T12:00:00Z", speed: 60 }, 0);
  clock.set({ now: "2023-09-29T12:01:00Z", speed: 0 }, 1000);
  expect(clock.paused).toBe(true);
  expect(new Date(clock.now(90_000)).toISOString()).toBe("2023-09-29T12:01:00.000Z");
  clock.set({ now: "2023-09-29T12:01:00Z", speed: 6 }, 100_000);
  expect(clock.paused).toBe(false);
  expect(new Date(clock.now(110_000)).toISOString()).toBe("2023-09-29T12:02:00.000Z");
});

test("data that a fast storm has under way are not late because it was paused", () => {
  const clock = new RoomClock();
  clock.set({ now: "2023-09-29T12:00:00Z", speed: 60 }, 0);
  clock.set({ now: "2023-09-29T12:01:00Z", speed: 0 }, 1000);
  expect(freshness(true, 900_000, clock.pace)).toBe("live");
  clock.set({ now: "2023-09-29T12:01:00Z", speed: 1 }, 2000);
  expect(freshness(true, 900_000, clock.pace)).toBe("late");
});

test("the wait doubles up to 15 s and is spread over its upper half", () => {
  expect([0, 1, 2, 10].map((n) => backoffMs(n, 1))).toEqual([500, 1000, 2000, 15_000]);
  expect(backoffMs(1, 0)).toBe(500);
});

test("data are late after three reporting intervals, and a fast storm is given its transit", () => {
  expect([lateAfterMs(1), lateAfterMs(60)]).toEqual([180_000, 900_000]);
  expect([freshness(true, 180_000, 1), freshness(true, 180_001, 1), freshness(true, null, 1), freshness(false, 0, 1)]).toEqual(["live", "late", "late", "dead"]);
});
