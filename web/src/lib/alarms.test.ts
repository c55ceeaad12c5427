import { expect, test } from "vitest";
import { alarm, AT, fiveStreets, reading, snapshot } from "../testing/five-streets";
import { alarmRows, groupByArea, isAlarmFlood, openGroup, walkOrder } from "./alarms";
import type { Topics } from "./protocol";
import { RoomState } from "./state";

function rows(alarms: Topics["alarms"], readings?: Topics["readings"]) {
  const state = new RoomState();
  state.replace(snapshot(1, fiveStreets({ alarms, ...(readings ? { readings } : {}) })));
  return alarmRows(state);
}
const ids = (list: { incidentId: string }[]): string => list.map((r) => r.incidentId).join("");

test("alarms come by level, then unacknowledged, then rate, then age", () => {
  const readings = { "1": reading("a", 0.5, 4, { rate_mm_min: 2 }), "2": reading("b", 0.5, 4, { rate_mm_min: 9 }), "3": reading("c", 0.5, 4, { rate_mm_min: 2 }) };
  const list = rows(
    {
      o: alarm("d", 3),
      k: alarm("e", 4, { state: "acknowledged", rate_mm_min: 50 }),
      s: alarm("a", 4),
      e: alarm("c", 4, { raised_at: "2026-07-20T08:00:00Z" }),
      f: alarm("b", 4),
    },
    readings,
  );
  // red: b at 9 mm/min, then c and a at 2 with c older; then the acknowledged red; then orange
  expect(ids(list)).toBe("fesko");
});

test("closed alarms are not listed, returned ones come after acknowledged", () => {
  const list = rows({ r: alarm("a", 4, { state: "returned" }), a: alarm("b", 4, { state: "acknowledged" }), x: alarm("c", 4, { state: "closed" }) });
  expect(ids(list)).toBe("ar");
});

test("eleven alarms within ten minutes are a flood, ten are not", () => {
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [String(i), alarm("a", 1)]));
  const list = rows(many);
  expect(isAlarmFlood(list, Date.parse(AT) + 9 * 60_000)).toBe(true);
  expect(isAlarmFlood(list.slice(1), Date.parse(AT) + 9 * 60_000)).toBe(false);
  expect(isAlarmFlood(list, Date.parse(AT) + 10 * 60_000)).toBe(false);
});

test("a flood is grouped by district, the worst first, and the chosen alarm's group is open", () => {
  const list = rows({ w: alarm("c", 3), e: alarm("a", 4), f: alarm("b", 1), n: alarm("e", 2) });
  const groups = groupByArea(list);
  expect(groups.map((g) => [g.area, g.worst, ids(g.rows)])).toEqual([["东区", 4, "ef"], ["西区", 3, "w"], [null, 2, "n"]]);
  expect(openGroup(groups, "w")?.area).toBe("西区");
  expect(openGroup(groups, null)?.area).toBe("东区");
  expect(ids(walkOrder(list, true))).toBe("efwn");
  expect(ids(walkOrder(list, false))).toBe("ewnf");
});
