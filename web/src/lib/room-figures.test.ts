import { expect, test } from "vitest";
import { fiveStreets, order, reading, snapshot } from "../testing/five-streets";
import { kpis } from "./kpis";
import type { Topics } from "./protocol";
import { rankAreas } from "./ranking";
import { siteRows } from "./site-list";
import { RoomState } from "./state";
import { teamRows } from "./teams";

function room(more: Partial<Topics> = {}): RoomState {
  const state = new RoomState();
  state.replace(snapshot(1, fiveStreets(more)));
  return state;
}

test("the strip counts levels, finds the deepest and the fastest, and what waits", () => {
  expect(kpis(room({ orders: { "1": order("a", "t1", { state: "proposed" }) } }))).toEqual({
    countByLevel: { 0: 2, 1: 0, 2: 1, 3: 1, 4: 1 },
    deepest: { siteId: "a", depthM: 0.62 },
    fastest: { siteId: "b", rateMmMin: 9 },
    teamsFree: 1,
    teamsBusy: 1,
    awaitingConfirmation: 1,
  });
});

test("a stale depth is not the deepest now", () => {
  const readings = { ...fiveStreets().readings, "1": reading("a", 0.62, 4, { link: "stale" }) };
  expect(kpis(room({ readings })).deepest).toEqual({ siteId: "c", depthM: 0.3 });
});

test("districts rank by their worst level; sites without one are a group of their own", () => {
  expect(rankAreas(room()).map((r) => [r.area, r.worst, r.abnormal, r.sites])).toEqual([["东区", 4, 2, 2], ["西区", 3, 1, 2], [null, 0, 0, 1]]);
});

test("the list of sites finds every word in name, id or district, the worst first", () => {
  expect(siteRows(room(), "").map((r) => r.siteId)).toEqual(["a", "c", "b", "d", "e"]);
  expect(siteRows(room(), "西区 c").map((r) => r.siteId)).toEqual(["c"]);
});

test("teams at work come before free ones, with the site of their order", () => {
  const topics = fiveStreets({ orders: { "1": order("c", "t2") } });
  topics.teams.t2 = { ...topics.teams.t2!, order_id: "1" };
  expect(teamRows(topics).map((r) => [r.teamId, r.siteId])).toEqual([["t2", "c"], ["t1", null]]);
});
