import type { Map as MapGL } from "maplibre-gl";
import { boundsOf, positions, type Bounds } from "../../lib/geo";
import { areaName, type Lang } from "../../lib/i18n";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, FONT, point, TEXT_PX, type Overlay, type Px } from "./overlay";

const SHAPES = "districts";
const NAMES = "districts-names";

/** The city's districts: faint faces, quiet lines, spaced names. */
export class Districts implements Overlay {
  #shapes = new Data(SHAPES);
  #names = new Data(NAMES);
  #features: GeoJSON.Feature[] = [];

  /** The districts' common bounds, for the key D. */
  bounds: Bounds | null = null;

  set(districts: GeoJSON.FeatureCollection, lang: Lang): void {
    this.#features = districts.features;
    this.bounds = boundsOf(this.#features.flatMap((f) => [...positions("coordinates" in f.geometry ? f.geometry.coordinates : [])]));
    this.#shapes.set(districts);
    this.translate(lang);
  }

  translate(lang: Lang): void {
    const names = this.#features.flatMap((f) => {
      const { name, label_lon: lon, label_lat: lat } = f.properties ?? {};
      return typeof name === "string" && typeof lon === "number" && typeof lat === "number" ? [point(lon, lat, { name: areaName(name, lang) })] : [];
    });
    this.#names.set(collection(names));
  }

  /** Whether a district of this name has a face on the map, and so its own label. */
  has(name: string): boolean {
    return this.#features.some((f) => f.properties?.name === name);
  }

  add(map: MapGL, px: Px): void {
    this.#shapes.add(map);
    this.#names.add(map);
    addLayer(map, { id: "districts-fill", type: "fill", source: SHAPES, paint: { "fill-color": "#12263B", "fill-opacity": 0.75 } });
    addLayer(map, {
      id: "districts-line",
      type: "line",
      source: SHAPES,
      layout: { "line-join": "round" },
      paint: { "line-color": "#3A6492", "line-width": px(1.6), "line-opacity": 0.85 },
    });
    addLayer(map, {
      id: "districts-labels",
      type: "symbol",
      source: NAMES,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": px(TEXT_PX + 1.5), "text-letter-spacing": 0.2 },
      paint: { "text-color": "#7E9CBD", "text-halo-color": "#0B1622", "text-halo-width": px(1.5) },
    });
  }

  remove(map: MapGL): void {
    removeLayers(map, SHAPES, "districts-fill", "districts-line");
    removeLayers(map, NAMES, "districts-labels");
  }
}
