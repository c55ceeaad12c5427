import uPlot from "uplot";
import { LEVEL_STYLE } from "../lib/levels";
import { ROOM_TIME_ZONE } from "../lib/format";
import type { Threshold } from "../lib/protocol";

export interface ChartMarks {
  thresholds: Threshold[];
  nowS: number;
}

const GRID = "#1f3650";
const LABEL = "#a3b5c8";
const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';
const LABEL_ROOM_REM = 1.9; // thresholds closer than this share one number
const MEDIAN = "#9BE8CF";

/** A chart of observed level, forecast median and its bands; `remPx` sizes it, `marks` are asked for at every drawing. */
export function makeChart(target: HTMLElement, data: uPlot.AlignedData, remPx: number, marks: () => ChartMarks): uPlot {
  const font = `${Math.round(2.05 * remPx)}px ${FONT}`;
  const axis = { stroke: LABEL, font, grid: { stroke: GRID, width: 1 }, ticks: { show: false } };
  const quiet = { stroke: "transparent", points: { show: false } };
  const dot = { size: 0.7 * remPx, fill: "#E6EEF7", width: 0 };
  return new uPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      padding: [0.9 * remPx, 3.4 * remPx, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), ROOM_TIME_ZONE),
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, ceiling(max, marks().thresholds)] } },
      axes: [
        { ...axis, space: 11 * remPx, size: 3.5 * remPx, gap: 0.8 * remPx, values: (_, splits) => splits.map(minuteText) },
        { ...axis, space: 4.2 * remPx, size: 6 * remPx, gap: 0.6 * remPx },
      ],
      series: [
        {},
        { stroke: "#E6EEF7", width: 0.32 * remPx, points: dot },
        { stroke: MEDIAN, width: 0.3 * remPx, dash: [0.9 * remPx, 0.7 * remPx], points: { show: false } },
        quiet,
        quiet,
        quiet,
        quiet,
      ],
      bands: [
        { series: [6, 5], fill: "rgb(155 232 207 / 0.14)" },
        { series: [4, 3], fill: "rgb(155 232 207 / 0.24)" },
      ],
      hooks: { drawAxes: [(u) => drawMarks(u, remPx, marks())] },
    },
    data,
    target,
  );
}

const minuteFormat = new Intl.DateTimeFormat("en-GB", { timeZone: ROOM_TIME_ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const minuteText = (seconds: number): string => minuteFormat.format(seconds * 1000);

/** The axis shows all data and the next threshold above them, so that "how far to red" can be seen. */
function ceiling(max: number, thresholds: readonly Threshold[]): number {
  const highest = Number.isFinite(max) ? max : 0;
  const next = thresholds.map((t) => t.depth_m * 100).filter((cm) => cm > highest).sort((a, b) => a - b)[0] ?? 0;
  return Math.max(10, highest * 1.1, next * 1.08);
}

function drawMarks(u: uPlot, remPx: number, { thresholds, nowS }: ChartMarks): void {
  const { ctx } = u;
  const density = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const [low, high] = [u.scales.y?.min ?? 0, u.scales.y?.max ?? 0];
  ctx.save();
  ctx.font = `600 ${Math.round(2.05 * remPx * density)}px ${FONT}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 0.16 * remPx * density;
  let lastText = -Infinity;
  for (const { level, depth_m } of thresholds.toSorted((a, b) => b.depth_m - a.depth_m)) {
    const cm = depth_m * 100;
    if (cm < low || cm > high) continue;
    const y = u.valToPos(cm, "y", true);
    ctx.strokeStyle = ctx.fillStyle = LEVEL_STYLE[level].text;
    ctx.setLineDash([]);
    line(ctx, left, y, left + width, y);
    if (y - lastText < LABEL_ROOM_REM * remPx * density) continue;
    ctx.fillText(cm.toFixed(0), left + width + 0.5 * remPx * density, y);
    lastText = y;
  }
  const x = u.valToPos(nowS, "x", true);
  if (x > left && x < left + width) {
    ctx.strokeStyle = "#6f8cab";
    line(ctx, x, top, x, top + height);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
