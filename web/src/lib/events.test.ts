import { expect, test } from "vitest";
import { alarm, fiveStreets, incident, order } from "../testing/five-streets";
import { latestEvents } from "./events";

const at = (minute: number): string => `2026-07-20T08:${minute}:00Z`;

test("the newest events are read off the times that objects carry", () => {
  const topics = fiveStreets({
    incidents: { "1": incident("a", 4, { opened_at: at(10), closed_at: at(50) }), "2": incident("b", 2, { kind: "silence", opened_at: at(20) }) },
    alarms: { "1": alarm("a", 4, { state: "acknowledged", acknowledged_at: at(12), acknowledged_by: "officer" }) },
    orders: { "5": order("a", "t1", { proposed_at: at(11), confirmed_at: at(13), confirmed_by: "officer", ended_at: at(40), state: "recalled" }) },
  });
  expect(latestEvents(topics, 9).map((e) => e.kind)).toEqual([
    "closed", "order_ended", "silent", "order_confirmed", "alarm_acknowledged", "order_proposed", "opened",
  ]);
  expect(latestEvents(topics, 1)).toHaveLength(1);
});
