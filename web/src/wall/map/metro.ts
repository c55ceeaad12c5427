import type { Map as MapGL } from "maplibre-gl";
import { addLayer, removeLayers } from "./layers";
import { Data, FONT, TEXT_PX, type Overlay, type Px } from "./overlay";

const SOURCE = "metro";
const NAMES_FROM_ZOOM = 12.5;

export class Metro implements Overlay {
  #data = new Data(SOURCE);

  set(stations: GeoJSON.FeatureCollection): void {
    this.#data.set(stations);
  }

  add(map: MapGL, px: Px): void {
    this.#data.add(map);
    addLayer(map, {
      id: "metro-points",
      type: "circle",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, px(1), 11, px(1.8), 14, px(4)],
        "circle-color": "#31506F",
        "circle-stroke-color": "#4A7099",
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0, 14, px(1.2)],
      },
    });
    addLayer(map, {
      id: "metro-labels",
      type: "symbol",
      source: SOURCE,
      minzoom: NAMES_FROM_ZOOM,
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": px(TEXT_PX - 2),
        "text-offset": [0, 0.7],
        "text-anchor": "top",
      },
      paint: { "text-color": "#6F8CAB", "text-halo-color": "#0B1622", "text-halo-width": px(1.2) },
    });
  }

  remove(map: MapGL): void {
    removeLayers(map, SOURCE, "metro-points", "metro-labels");
  }
}
