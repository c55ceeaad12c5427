import { expect, test } from "vitest";
import { doubt } from "./doubt";
import { TEXTS } from "./i18n";

test("a doubtful reading says why, in both languages", () => {
  expect(doubt("suspect", ["fast"], TEXTS.zh)).toBe("存疑·陡变");
  expect(doubt("bad", ["maintenance"], TEXTS.en)).toBe("invalid·maintenance");
});

test("two reasons are enough for a narrow place, and one that nobody here knows is left out", () => {
  expect(doubt("suspect", ["fast", "from_the_future", "neighbour", "rain"], TEXTS.zh)).toBe("存疑·陡变·邻站不符");
});

test("what is good, or not judged yet, needs no word unless a person corrected it", () => {
  expect([doubt("good", ["derived"], TEXTS.zh), doubt("unchecked", [], TEXTS.zh), doubt(null, [], TEXTS.zh)]).toEqual(["", "", ""]);
  expect(doubt("good", ["corrected", "held_good"], TEXTS.zh)).toBe("人工订正");
});
