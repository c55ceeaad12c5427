import type { GeoJSONSource, Map as MapGL } from "maplibre-gl";

/** Sizes on the map follow the wall's root font: `px(10)` is one rem. */
export type Px = (at1080: number) => number;

/** How much larger a zoom is on a screen of more pixels that shows the same: 1 at 3840×2160. */
export const zoomShift = (px: Px): number => Math.log2(px(1));

/** A source with its layers, added and removed by one module. */
export interface Overlay {
  add(map: MapGL, px: Px): void;
  remove(map: MapGL): void;
}

export const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export const FONT = ["Noto Sans CJK SC", "sans-serif"];

export const TEXT_PX = 20.5; // 16 arcmin at 5 m on a 98 inch wall

export function point(lon: number, lat: number, properties: Record<string, unknown>, id?: number): GeoJSON.Feature {
  return { type: "Feature", id, geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

export function collection(features: GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: "FeatureCollection", features };
}

/** A GeoJSON source that remembers its data, so that it can be put back when the overlay is added anew. */
export class Data {
  #data: GeoJSON.FeatureCollection = EMPTY;
  #map: MapGL | null = null;

  constructor(readonly id: string) {}

  add(map: MapGL): void {
    this.#map = map;
    map.addSource(this.id, { type: "geojson", data: this.#data });
  }

  set(data: GeoJSON.FeatureCollection): void {
    this.#data = data;
    if (this.#map?.style) this.#map.getSource<GeoJSONSource>(this.id)?.setData(data); // no style while the GPU is reset
  }
}
