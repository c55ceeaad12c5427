import type { Map as MapGL } from "maplibre-gl";
import { degreesText, graticuleStep, ticks } from "../../lib/geo";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, FONT, type Overlay, type Px } from "./overlay";

const SOURCE = "graticule";
const LINES_ACROSS = 10;
const FINER = 5; // minor lines between two labelled ones

/** Meridians and parallels of the view, redrawn when it has come to rest; the ground where no basemap reaches. */
export class Graticule implements Overlay {
  #data = new Data(SOURCE);
  #map: MapGL | null = null;

  add(map: MapGL, px: Px): void {
    this.#map = map;
    this.#data.add(map);
    addLayer(map, {
      id: "graticule-lines",
      type: "line",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "LineString"],
      paint: {
        "line-color": ["case", ["get", "major"], "#2B4B6D", "#1D3550"],
        "line-width": ["case", ["get", "major"], px(1.3), px(0.8)],
        "line-opacity": 0.7,
      },
    });
    addLayer(map, {
      id: "graticule-labels",
      type: "symbol",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": FONT,
        "text-size": px(17),
        "text-anchor": ["get", "anchor"],
        "text-offset": ["get", "offset"],
      },
      paint: { "text-color": "#55779B", "text-halo-color": "#0B1622", "text-halo-width": px(1.5) },
    });
    map.on("moveend", this.#draw);
    this.#draw();
  }

  remove(map: MapGL): void {
    map.off("moveend", this.#draw);
    removeLayers(map, SOURCE, "graticule-lines", "graticule-labels");
  }

  #draw = (): void => {
    if (!this.#map) return;
    const bounds = this.#map.getBounds();
    const [west, south, east, north] = [bounds.getWest(), Math.max(-85, bounds.getSouth()), bounds.getEast(), Math.min(85, bounds.getNorth())];
    const step = graticuleStep(east - west, LINES_ACROSS);
    const features: GeoJSON.Feature[] = [];
    const draw = (value: number, axis: "lon" | "lat"): void => {
      const major = Math.abs(value / step - Math.round(value / step)) < 1e-6;
      const line = axis === "lon" ? [[value, south], [value, north]] : [[west, value], [east, value]];
      features.push({ type: "Feature", geometry: { type: "LineString", coordinates: line }, properties: { major } });
      if (!major) return;
      features.push({
        type: "Feature",
        geometry: { type: "Point", coordinates: axis === "lon" ? [value, south] : [west, value] },
        properties: { text: degreesText(value, step, axis), anchor: axis === "lon" ? "bottom" : "left", offset: axis === "lon" ? [0, -0.3] : [0.4, 0] },
      });
    };
    for (const lon of ticks(west, east, step / FINER)) draw(lon, "lon");
    for (const lat of ticks(south, north, step / FINER)) draw(lat, "lat");
    this.#data.set(collection(features));
  };
}
