import type { ExpressionSpecification, Map as MapGL } from "maplibre-gl";
import { nameIn, OWN_LAYERS, provenanceOf, type OwnLayer, type Provenance } from "../../lib/own-layers";
import { addLayer, removeLayers, type LayerId } from "./layers";
import { Data, zoomShift, type Overlay, type Px } from "./overlay";

/** Lines of the map: quiet, so that only water has colour; a tunnel is the brightest, because it drowns first. */
interface LineLook {
  colour: ExpressionSpecification | string;
  width: ExpressionSpecification | number; // px at 1080 and zoom 12
  opacity: number;
}

const CLASS: ExpressionSpecification = ["coalesce", ["get", "kind"], ["get", "road"], "street"];

const LOOK: Record<Exclude<OwnLayer, "pump_stations">, LineLook> = {
  grid: { colour: "#4A6683", width: 0.9, opacity: 0.7 },
  drains: { colour: "#3F7F86", width: 0.9, opacity: 0.75 },
  rivers: { colour: "#3B7CB3", width: 4, opacity: 0.9 },
  roads: {
    colour: ["match", CLASS, "expressway", "#6F88A3", "tunnel", "#A9BBCD", "arterial", "#56708C", "#3B5571"],
    width: ["match", CLASS, "expressway", 2.2, "arterial", 1.5, "tunnel", 3.4, 1],
    opacity: 0.9,
  },
  tunnels: { colour: "#8FA6BE", width: 3, opacity: 0.85 },
};

/** A real course is a whole line, an approximate one has long dashes, an invented one is dotted. In widths of the line. */
const DASHES: ExpressionSpecification = [
  "match", ["get", "provenance"], "approximate", ["literal", [5, 2]], "invented", ["literal", [1.5, 1.5]], ["literal", [1, 0]],
];

const PUMPS: LayerId = "pump_stations-points";
const PUMPS_FROM_ZOOM = 12; // in view of a whole city they would hide its sites

export interface OwnThing {
  layer: OwnLayer;
  name: string;
  nameEn: string;
  provenance: Provenance | null;
}

/** The deployer's own layers: static sources that are filled once. */
export class Own implements Overlay {
  #data = new Map<OwnLayer, Data>(OWN_LAYERS.map((name) => [name, new Data(`own-${name}`)]));

  set(layer: OwnLayer, features: GeoJSON.FeatureCollection): void {
    this.#data.get(layer)?.set(features);
  }

  add(map: MapGL, px: Px): void {
    for (const [name, data] of this.#data) {
      data.add(map);
      if (name === "pump_stations") this.#addPumps(map, px, data.id);
      else this.#addLines(map, px, name, data.id);
    }
  }

  remove(map: MapGL): void {
    for (const [name, data] of this.#data) removeLayers(map, data.id, name === "pump_stations" ? PUMPS : `${name}-lines`);
  }

  #addLines(map: MapGL, px: Px, name: Exclude<OwnLayer, "pump_stations">, source: string): void {
    const { colour, width, opacity } = LOOK[name];
    const shift = zoomShift(px);
    const wide = (share: number): ExpressionSpecification => ["*", width, px(share)];
    addLayer(map, {
      id: `${name}-lines`,
      type: "line",
      source,
      layout: { "line-join": "round" },
      paint: {
        "line-color": colour,
        "line-opacity": opacity,
        "line-width": ["interpolate", ["exponential", 1.4], ["zoom"], 9 + shift, wide(0.7), 12 + shift, wide(1), 15 + shift, wide(2.4)],
        "line-dasharray": DASHES,
      },
    });
  }

  #addPumps(map: MapGL, px: Px, source: string): void {
    addLayer(map, {
      id: PUMPS,
      type: "symbol",
      source,
      minzoom: PUMPS_FROM_ZOOM + zoomShift(px),
      layout: {
        "icon-image": ["match", ["get", "provenance"], "approximate", "pumps-approximate", "invented", "pumps-invented", "pumps-real"],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true, // a name of a flooded site may lie over it
        "icon-offset": [0, px(15)], // at the same place as the site that it pumps out
      },
    });
  }
}

const LAYERS: readonly LayerId[] = [PUMPS, "tunnels-lines", "roads-lines", "rivers-lines", "drains-lines"];

/** What of the deployer's own lies under the pointer, the topmost first. */
export function ownThingAt(map: MapGL, x: number, y: number, reach: number): OwnThing | null {
  const layers = LAYERS.filter((id) => map.getLayer(id));
  const hit = map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers })[0];
  const layer = OWN_LAYERS.find((name) => hit?.source === `own-${name}`);
  if (!hit || !layer) return null;
  return { layer, name: nameIn(hit.properties, "zh"), nameEn: nameIn(hit.properties, "en"), provenance: provenanceOf(hit.properties) };
}
