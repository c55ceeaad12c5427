import { expect, test } from "vitest";
import { fitRows } from "./fit";

const sixes = (n: number): number[] => new Array<number>(n).fill(6);

test("rows that fit are all shown, without a line for more", () => {
  expect(fitRows(sixes(5), 30, 3, -1)).toEqual({ from: 0, to: 5, hidden: 0, stretch: 1 });
});

test("no row is cut: room for the line that says how many are left out is kept free", () => {
  // 29 − 3 = 26 holds four rows of 6 = 24, which may grow by 26/24
  expect(fitRows(sixes(7), 29, 3, -1)).toEqual({ from: 0, to: 4, hidden: 3, stretch: 26 / 24 });
});

test("the focused row is inside, at the end of the run if need be", () => {
  expect(fitRows(sixes(7), 29, 3, 5)).toMatchObject({ from: 2, to: 6, hidden: 3 });
  expect(fitRows(sixes(7), 29, 3, 2)).toMatchObject({ from: 0, to: 4 });
});

test("a panel too low for one row says how many there are", () => {
  expect(fitRows(sixes(2), 5, 3, -1)).toEqual({ from: 0, to: 0, hidden: 2, stretch: 1 });
});
