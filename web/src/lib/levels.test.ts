import { expect, test } from "vitest";
import { MARKS, markOf, partsOf, SHAPE_PATH } from "./levels";

test("each level has a shape of its own", () => {
  expect(new Set(Object.values(SHAPE_PATH)).size).toBe(5);
});

test.each([
  [0, "online", "level-0"], [4, "online", "level-4"], [0, "stale", "level-0-stale"], [3, "stale", "level-3-stale"],
  [0, "offline", "offline"], [4, "offline", "level-4-stale"], [2, "unknown", "level-2"],
] as const)("level %d, %s is drawn as %s", (level, link, mark) => {
  expect(markOf(level, link)).toBe(mark);
  expect(MARKS).toContain(mark);
});

test("stale marks are hatched, silent ones crossed, only live levels are filled", () => {
  expect(partsOf("level-4")).toEqual({ level: 4, filled: true, hatched: false, crossed: false });
  expect(partsOf("level-4-stale")).toEqual({ level: 4, filled: false, hatched: true, crossed: false });
  expect(partsOf("level-0")).toEqual({ level: 0, filled: false, hatched: false, crossed: false });
  expect(partsOf("offline").crossed).toBe(true);
});
