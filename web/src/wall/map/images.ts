import type { Map as MapGL } from "maplibre-gl";
import { CROSS_PATH, LEVEL_STYLE, MARKS, SHAPE_PATH, partsOf, type Mark } from "../../lib/levels";
import type { TeamState } from "../../lib/protocol";
import { PROVENANCES, type Provenance } from "../../lib/own-layers";
import { EDGE_PX } from "./edge";
import type { Px } from "./overlay";

const GROUND = "#0B1622";
const BOX = 32; // the 24-unit shapes with room for a dark rim
const MARK_PX = 34;
const TEAM_PX = 32;
const PUMP_PX = 20;

const TEAM_STATES: readonly TeamState[] = ["free", "assigned", "en_route", "on_scene", "off"];

/** Draws every symbol at the size and density it is shown in, so that none is scaled by the GPU. */
export function addImages(map: MapGL, px: Px): void {
  const density = window.devicePixelRatio || 1;
  const put = (name: string, size: number, draw: (context: CanvasRenderingContext2D) => void): void => {
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, canvas(Math.round(px(size) * density), draw), { pixelRatio: density });
  };
  for (const mark of MARKS) put(mark, MARK_PX, (context) => drawMark(context, mark));
  for (const state of TEAM_STATES) put(`team-${state}`, TEAM_PX, (context) => drawTeam(context, state));
  for (const one of PROVENANCES) put(`pumps-${one}`, PUMP_PX, (context) => drawPumps(context, one));
  put("edge", EDGE_PX, () => undefined);
}

function canvas(size: number, draw: (context: CanvasRenderingContext2D) => void): ImageData {
  const element = document.createElement("canvas");
  element.width = element.height = size;
  const context = element.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2d canvas");
  context.scale(size / BOX, size / BOX);
  context.translate((BOX - 24) / 2, (BOX - 24) / 2);
  context.lineJoin = "round";
  context.lineCap = "round";
  draw(context);
  return context.getImageData(0, 0, size, size);
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark): void {
  const { level, filled, hatched, crossed } = partsOf(mark);
  const { colour } = LEVEL_STYLE[level];
  const shape = new Path2D(crossed ? CROSS_PATH : SHAPE_PATH[level]);
  stroke(context, shape, GROUND, crossed ? 8 : 7);
  if (filled) {
    context.fillStyle = colour;
    context.fill(shape);
    return;
  }
  if (!crossed) {
    context.fillStyle = GROUND;
    context.fill(shape);
  }
  if (hatched) hatch(context, shape, colour);
  stroke(context, shape, colour, crossed ? 3.4 : 2.6);
}

function hatch(context: CanvasRenderingContext2D, shape: Path2D, colour: string): void {
  const lines = new Path2D();
  for (let x = -22; x < 24; x += 6) {
    lines.moveTo(x, 24);
    lines.lineTo(x + 24, 0);
  }
  context.save();
  context.clip(shape);
  stroke(context, lines, colour, 2.4);
  context.restore();
}

/** Teams are white pennants: no level's colour, no level's shape. Hollow when free, filled when on a task, barred when off. */
function drawTeam(context: CanvasRenderingContext2D, state: TeamState): void {
  const body = new Path2D("M4 2h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-5l-3 6l-3-6H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z");
  const person = new Path2D("M12 4.5a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 1 0 0-4.6zM7.5 14.8c0-2.7 2-4.3 4.5-4.3s4.5 1.6 4.5 4.3z");
  const tick = new Path2D("M7 9.5l3.6 3.6L17 6.200");
  const busy = state === "assigned" || state === "en_route" || state === "on_scene";
  stroke(context, body, GROUND, 6);
  context.fillStyle = busy ? "#E6EEF7" : GROUND;
  context.fill(body);
  stroke(context, body, state === "off" ? "#5B6F86" : "#E6EEF7", 2);
  const ink = busy ? GROUND : state === "off" ? "#5B6F86" : "#E6EEF7";
  if (state === "on_scene") return stroke(context, tick, ink, 3);
  context.fillStyle = ink;
  context.fill(person);
  if (state === "off") stroke(context, new Path2D("M3 22L21 1"), "#5B6F86", 2.4);
}

/** Pump stations are an arrow out of the ground: on a whole line where they are real, on dashes or dots where not. */
function drawPumps(context: CanvasRenderingContext2D, provenance: Provenance): void {
  const arrow = new Path2D("M12 17V5M6.5 10.5L12 5L17.5 10.5");
  const ground = new Path2D("M1 22H23");
  stroke(context, arrow, GROUND, 7);
  stroke(context, arrow, "#9FB3C8", 2.6);
  context.setLineDash(provenance === "real" ? [] : provenance === "approximate" ? [6, 4.5] : [0.1, 5]);
  stroke(context, ground, "#9FB3C8", 2.8);
  context.setLineDash([]);
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
