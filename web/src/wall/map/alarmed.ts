import type { ExpressionSpecification, Map as MapGL } from "maplibre-gl";
import { depthCm } from "../../lib/format";
import { siteName, type Lang } from "../../lib/i18n";
import { LEVEL_STYLE, markOf } from "../../lib/levels";
import type { RoomState } from "../../lib/state";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, FONT, point, TEXT_PX, zoomShift, type Overlay, type Px } from "./overlay";

const SOURCE = "alarmed";
const MOST = 2000;
const CROWD = 30; // flooded sites: more names than that hide each other; orange and red ones then say their depth alone
const NAMES_FROM_ZOOM = 12; // texts are chosen by whole zooms
const EVERY_MS = 1000;
const FEW = 300; // at once, so that the map says what the strip and the lists say

const TEXT_COLOUR: ExpressionSpecification = [
  "match", ["get", "level"], 4, LEVEL_STYLE[4].text, 3, LEVEL_STYLE[3].text, 2, LEVEL_STYLE[2].text, 1, LEVEL_STYLE[1].text, LEVEL_STYLE[0].text,
];

const NAME: ExpressionSpecification = ["format", ["get", "name"], {}, "\n", {}, ["get", "depth"], { "text-color": TEXT_COLOUR, "font-scale": 1.12 }];

const DEPTH: ExpressionSpecification = ["format", ["get", "depth"], { "text-color": TEXT_COLOUR, "font-scale": 1.12 }];

/** Symbols give way a little where a whole city is in view; a silent site without water is smaller still. */
const iconSize = (size: number): ExpressionSpecification => ["case", [">", ["get", "level"], 0], size, 0.62 * size];

export function isAbnormal(room: RoomState, siteId: string): boolean {
  const { level, link } = room.statusOf(siteId);
  return level > 0 || link === "stale" || link === "offline";
}

/** The sites that are not normal, as a small source of symbols and names that is replaced at once while they are few, else at most once a second. */
export class Alarmed implements Overlay {
  #data = new Data(SOURCE);
  #lastMs = 0;
  #shown = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  set(room: RoomState, lang: Lang): void {
    clearTimeout(this.#waiting);
    const wait = this.#shown > FEW ? this.#lastMs + EVERY_MS - performance.now() : 0;
    if (wait > 0) {
      this.#waiting = setTimeout(() => this.set(room, lang), wait);
      return;
    }
    this.#lastMs = performance.now();
    const shown = features(room, lang);
    this.#shown = shown.length;
    this.#data.set(collection(shown));
  }

  add(map: MapGL, px: Px): void {
    this.#data.add(map);
    addLayer(map, {
      id: "alarmed-icons",
      type: "symbol",
      source: SOURCE,
      layout: {
        "icon-image": ["get", "mark"],
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, iconSize(0.74), 12, iconSize(1)],
        "symbol-sort-key": ["get", "level"],
      },
    });
    addLayer(map, {
      id: "alarmed-labels",
      type: "symbol",
      source: SOURCE,
      filter: [">", ["get", "level"], 0],
      layout: {
        "text-field": ["step", ["zoom"], ["match", ["get", "says"], "name", NAME, "depth", DEPTH, ""], Math.round(NAMES_FROM_ZOOM + zoomShift(px)), NAME],
        "text-font": FONT,
        "text-size": px(TEXT_PX),
        "text-max-width": 9.5,
        "text-line-height": 1.15,
        "text-variable-anchor": ["left", "right", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right"],
        "text-radial-offset": 1.35,
        "text-justify": "auto",
        "text-padding": px(3),
        "symbol-sort-key": ["-", 0, ["+", ["*", 1000, ["get", "level"]], ["get", "cm"]]],
      },
      paint: { "text-color": "#E6EEF7", "text-halo-color": "#0B1622", "text-halo-width": px(2.2) },
    });
  }

  remove(map: MapGL): void {
    clearTimeout(this.#waiting);
    removeLayers(map, SOURCE, "alarmed-icons", "alarmed-labels");
  }
}

function features(room: RoomState, lang: Lang): GeoJSON.Feature[] {
  const out: GeoJSON.Feature[] = [];
  for (const [siteId, site] of Object.entries(room.topics.sites)) {
    if (site.lon === null || site.lat === null || !isAbnormal(room, siteId)) continue;
    const { level, link, depthM } = room.statusOf(siteId);
    out.push(
      point(site.lon, site.lat, {
        site_id: siteId,
        name: siteName(site, siteId, lang),
        level,
        mark: markOf(level, link),
        depth: `${depthCm(depthM)} cm`,
        cm: Math.min(999, (depthM ?? 0) * 100),
      }),
    );
  }
  out.sort((a, b) => worth(b) - worth(a));
  const isCrowd = out.filter((one) => Number(one.properties?.level) > 0).length > CROWD;
  for (const one of out) {
    const inCrowd = Number(one.properties?.level) > 2 ? "depth" : "nothing";
    one.properties = { ...one.properties, says: isCrowd ? inCrowd : "name" };
  }
  return out.slice(0, MOST);
}

/** The higher level first, then the deeper water; as names are placed. */
const worth = ({ properties }: GeoJSON.Feature): number => 1000 * Number(properties?.level) + Number(properties?.cm);
