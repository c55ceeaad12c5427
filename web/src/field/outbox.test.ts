import { expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { outcomeOf } from "./outbox";

test.each([
  [0, "later"], [401, "later"], [429, "later"], [503, "later"], [409, "refused"], [403, "refused"], [404, "refused"], [422, "refused"],
] as const)("an answer of %d means %s", (status, outcome) => expect(outcomeOf(new ApiError(status, ""))).toBe(outcome));

test("anything unforeseen is tried again: a crew's tap is never lost", () => {
  expect(outcomeOf(new TypeError("x"))).toBe("later");
});
