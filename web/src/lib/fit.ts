export interface Fit {
  from: number;
  to: number; // exclusive
  hidden: number;
  stretch: number; // how much taller each row may be, so that a full list ends where its panel does
}

const MOST_STRETCH = 1.3;

/**
 * The run of rows that fits whole into `available`, with the focused row inside; where rows are left out, room for the
 * line that says how many is kept free. No row is ever cut.
 */
export function fitRows(heights: readonly number[], available: number, moreHeight: number, focus: number): Fit {
  const total = heights.reduce((sum, h) => sum + h, 0);
  if (total <= available) return { from: 0, to: heights.length, hidden: 0, stretch: 1 };
  const room = available - moreHeight;
  let from = 0;
  let to = 0;
  let used = 0;
  while (to < heights.length) {
    used += heights[to] ?? 0;
    while (used > room && from < to && to <= focus) used -= heights[from++] ?? 0;
    if (used > room) break;
    to++;
  }
  const shown = heights.slice(from, to).reduce((sum, h) => sum + h, 0);
  const stretch = shown > 0 ? Math.min(MOST_STRETCH, room / shown) : 1;
  return { from, to, hidden: heights.length - (to - from), stretch };
}
