import { expect, test } from "vitest";
import { alarm, fiveStreets, incident, reading, snapshot } from "../testing/five-streets";
import { alarmRows } from "./alarms";
import type { Delta, TopicChanges } from "./protocol";
import { RoomState } from "./state";

function delta(seq: number, changes: TopicChanges): Delta {
  return { type: "delta", seq, at: "", changes, as_of: {}, age_s: {}, clock: { now: "", speed: 1 } };
}

function room(): RoomState {
  const state = new RoomState();
  state.replace(snapshot(7, fiveStreets()));
  return state;
}

test("an object of a delta replaces the one with its id, and the site's status follows", () => {
  const state = room();
  expect(state.apply(delta(8, { readings: { "4": reading("d", 0.45, 4) } }))).toEqual(new Set(["readings"]));
  expect(state.statusOf("d")).toMatchObject({ level: 4, depthM: 0.45 });
});

test("null removes an object, and its site is judged without it", () => {
  const state = room();
  state.apply(delta(8, { readings: { "1": null } }));
  expect(state.topics.readings["1"]).toBeUndefined();
  expect(state.statusOf("a")).toMatchObject({ level: 0, link: "unknown", depthM: null });
});

test("a delta after a gap is refused and changes nothing", () => {
  const state = room();
  expect(state.apply(delta(9, { readings: { "4": reading("d", 0.45, 4) } }))).toBeNull();
  expect([state.seq, state.statusOf("d").level]).toEqual([7, 0]);
});

test("a heartbeat touches no topic but counts", () => {
  const state = room();
  expect(state.apply(delta(8, {}))).toEqual(new Set());
  expect(state.seq).toBe(8);
});

test("a sensor that falls silent while its incident is open keeps the incident's level", () => {
  const state = room();
  state.apply(delta(8, { readings: { "4": reading("d", 0.01, 0, { link: "offline" }) }, incidents: { "9": incident("d", 3, { kind: "silence" }) } }));
  expect(state.statusOf("d")).toMatchObject({ level: 3, link: "offline" });
  state.apply(delta(9, { incidents: { "9": null } }));
  expect(state.statusOf("d")).toMatchObject({ level: 0, link: "offline" });
});

test("water that has just fallen below a limit keeps its incident's level on the map as in the list", () => {
  const state = room();
  const held = { incidents: { "9": incident("b", 4) }, alarms: { "9": alarm("b", 4) } };
  state.apply(delta(8, { readings: { "2": reading("b", 0.39, 3) }, ...held })); // red begins at 40 cm
  expect(state.statusOf("b").level).toBe(4);
  expect(alarmRows(state).map((row) => row.level)).toEqual([4]);
});

test("water that rose faster than its incident is as bad in the list of alarms as on the map", () => {
  const state = room();
  state.apply(delta(8, { readings: { "2": reading("b", 0.41, 4) }, incidents: { "9": incident("b", 3) }, alarms: { "9": alarm("b", 3) } }));
  expect(state.statusOf("b").level).toBe(4);
  expect(alarmRows(state).map((row) => row.level)).toEqual([4]);
});

test("an alarm that waits for its acknowledgement after the water has gone keeps the level that it had", () => {
  const state = room();
  state.apply(delta(8, { incidents: { "9": incident("d", 4, { state: "closed" }) }, alarms: { "9": alarm("d", 4, { state: "returned" }) } }));
  expect([state.statusOf("d").level, alarmRows(state)[0]?.level]).toEqual([0, 4]);
});

test("of two sensors at a site the worse one that is online speaks", () => {
  const state = room();
  state.apply(delta(8, { readings: { "6": reading("e", 0.16, 2), "7": reading("e", 0.9, 4, { link: "stale" }) } }));
  expect(state.statusOf("e")).toMatchObject({ level: 2, depthM: 0.16, link: "online" });
});

test("a snapshot forgets sites that are gone", () => {
  const state = room();
  const { sites, ...rest } = fiveStreets();
  state.replace(snapshot(1, { ...rest, sites: { a: sites.a! } }));
  expect([...state.status.keys()]).toEqual(["a"]);
});

test("a bad reading does not speak for its site while another gauge does, and never for its depth", () => {
  const state = room();
  const bad = { quality: "bad" as const, flags: ["range"] };
  state.apply(delta(8, { readings: { "6": reading("d", 9, 0, { level: null, ...bad }) } }));
  expect(state.statusOf("d")).toMatchObject({ level: 0, depthM: 0.01, quality: "good" });
  state.apply(delta(9, { readings: { "4": null } }));
  expect(state.statusOf("d")).toMatchObject({ level: 0, depthM: null, quality: "bad", flags: ["range"] });
});
