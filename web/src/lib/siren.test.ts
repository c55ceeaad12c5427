import { expect, test } from "vitest";
import type { AlarmRow } from "./alarms";
import { Siren } from "./siren";

const row = (incidentId: string, level: 3 | 4, state: AlarmRow["state"] = "new"): AlarmRow => ({
  incidentId, siteId: "a", site: undefined, level, state, kind: "water", raisedAt: "", acknowledgedBy: null, depthM: null, rateMmMin: null, link: "online",
});

test("red sounds every three seconds until it is acknowledged", () => {
  const siren = new Siren();
  expect([0, 1000, 2999, 3000].map((ms) => siren.next([row("1", 4)], ms))).toEqual(["red", null, null, "red"]);
  expect(siren.next([row("1", 4, "acknowledged")], 9000)).toBeNull();
});

test("orange sounds once for each alarm", () => {
  const siren = new Siren();
  expect(siren.next([row("1", 3)], 0)).toBe("orange");
  expect(siren.next([row("1", 3)], 1000)).toBeNull();
  expect(siren.next([row("1", 3), row("2", 3)], 2000)).toBe("orange");
});

test("a mute lasts five minutes, and pressing again ends it", () => {
  const siren = new Siren();
  siren.toggleMute(0);
  expect([siren.next([row("1", 4)], 299_999), siren.mutedForMs(299_999)]).toEqual([null, 1]);
  expect(siren.next([row("1", 4)], 300_000)).toBe("red");
  siren.toggleMute(400_000);
  siren.toggleMute(400_001);
  expect(siren.mutedForMs(400_001)).toBe(0);
});
