import type { Level, Link } from "./protocol";

/** Colour and shape of each level; the closest pair stays ≥ 17 in CAM02-UCS under simulated colour blindness. */
export interface LevelStyle {
  colour: string;
  ink: string; // text on the colour
  text: string; // the colour as text on the dark ground
}

export const LEVEL_STYLE: Record<Level, LevelStyle> = {
  0: { colour: "#7C8FA3", ink: "#0B1622", text: "#A9B8C7" },
  1: { colour: "#5AA9FF", ink: "#0B1622", text: "#5AA9FF" },
  2: { colour: "#FFEB66", ink: "#0B1622", text: "#FFEB66" },
  3: { colour: "#FF8F1F", ink: "#0B1622", text: "#FF8F1F" },
  4: { colour: "#D81B3C", ink: "#FFFFFF", text: "#FF5F78" },
};

export const ABNORMAL_LEVELS: readonly Level[] = [4, 3, 2, 1];

/** What a site looks like: a level's shape; hatched when its data are stale; a cross when it is silent without water. */
export type Mark = `level-${Level}` | `level-${Level}-stale` | "offline";

export const MARKS: readonly Mark[] = [
  "level-0", "level-1", "level-2", "level-3", "level-4",
  "level-0-stale", "level-1-stale", "level-2-stale", "level-3-stale", "level-4-stale",
  "offline",
];

export function markOf(level: Level, link: Link): Mark {
  if (link === "offline" && level === 0) return "offline";
  return link === "stale" || link === "offline" ? `level-${level}-stale` : `level-${level}`;
}

/** Outlines in a box of 24 × 24, for SVG and canvas alike. */
export const SHAPE_PATH: Record<Level, string> = {
  0: "M12 4.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15z",
  1: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19z",
  2: "M3.5 3.5h17v17h-17z",
  3: "M12 1.8L23 21.2H1z",
  4: "M12 .6L23.4 12L12 23.4L.6 12z",
};

export const CROSS_PATH = "M5.5 5.5L18.5 18.5M18.5 5.5L5.5 18.5";

export interface MarkParts {
  level: Level;
  filled: boolean;
  hatched: boolean;
  crossed: boolean;
}

export function partsOf(mark: Mark): MarkParts {
  if (mark === "offline") return { level: 0, filled: false, hatched: false, crossed: true };
  const level = Number(mark[6]) as Level;
  const hatched = mark.endsWith("-stale");
  return { level, filled: level > 0 && !hatched, hatched, crossed: false };
}
