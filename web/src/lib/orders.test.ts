import { expect, test } from "vitest";
import { incident, order } from "../testing/five-streets";
import { isForCrew, nextAction, orderRows, stateAfter } from "./orders";

test("orders that wait for a human come first, ended ones last, the worse before the older", () => {
  const orders = {
    done: order("a", "t1", { state: "done", level: 4 }),
    runs: order("a", "t1", { state: "en_route", level: 2 }),
    new2: order("a", "t1", { state: "proposed", level: 2 }),
    new4: order("a", "t1", { state: "proposed", level: 4, proposed_at: "2026-07-20T09:00:00Z" }),
  };
  const rows = orderRows({ orders, incidents: {} });
  expect(rows.map((r) => r.orderId)).toEqual(["new4", "new2", "runs", "done"]);
});

test("water that has risen since the proposal makes its order the more urgent", () => {
  const orders = {
    stays: order("a", "t1", { state: "proposed", level: 1, incident_id: "1", proposed_at: "2026-07-20T08:00:00Z" }),
    rises: order("b", "t2", { state: "proposed", level: 1, incident_id: "2", proposed_at: "2026-07-20T09:00:00Z" }),
  };
  const rows = orderRows({ orders, incidents: { "1": incident("a", 1), "2": incident("b", 4) } });
  expect(rows.map((r) => r.orderId)).toEqual(["rises", "stays"]);
});

test("a crew's steps follow one another and end", () => {
  expect((["sent", "acknowledged", "en_route", "on_scene", "done", "proposed"] as const).map(nextAction)).toEqual([
    "acknowledge", "depart", "arrive", "finish", null, null,
  ]);
});

test("queued steps are applied in order, and one that the server already has is left out", () => {
  expect(stateAfter("sent", ["acknowledge", "depart"])).toBe("en_route");
  expect(stateAfter("acknowledged", ["acknowledge", "depart"])).toBe("en_route");
  expect(stateAfter("recalled", ["arrive"])).toBe("recalled");
});

test("a crew sees what was confirmed for it and is not over", () => {
  expect(isForCrew(order("a", "t1"), "t1")).toBe(true);
  expect(isForCrew(order("a", "t2"), "t1")).toBe(false);
  expect(isForCrew(order("a", "t1", { state: "proposed" }), "t1")).toBe(false);
  expect(isForCrew(order("a", "t1", { state: "recalled" }), "t1")).toBe(false);
  expect(isForCrew(order("a", "t2"), null)).toBe(true);
});
