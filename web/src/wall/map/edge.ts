import type { Map as MapGL } from "maplibre-gl";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, point, type Overlay, type Px } from "./overlay";

const SOURCE = "edge";
export const EDGE_PX = 24;

/**
 * Unseen blocks along the rim of the view. Names are placed where there is room, and MapLibre counts what lies outside as
 * room: without a rim names are cut off there. Redrawn when the view has come to rest.
 */
export class Edge implements Overlay {
  #data = new Data(SOURCE);
  #map: MapGL | null = null;
  #px: Px = (n) => n;

  add(map: MapGL, px: Px): void {
    this.#map = map;
    this.#px = px;
    this.#data.add(map);
    addLayer(map, {
      id: "edge-blocks",
      type: "symbol",
      source: SOURCE,
      layout: { "icon-image": "edge", "icon-allow-overlap": true, "icon-padding": 0 },
    });
    map.on("moveend", this.#draw);
    this.#draw();
  }

  remove(map: MapGL): void {
    map.off("moveend", this.#draw);
    removeLayers(map, SOURCE, "edge-blocks");
  }

  #draw = (): void => {
    if (!this.#map) return;
    const { clientWidth: width, clientHeight: height } = this.#map.getContainer();
    const at = (x: number, y: number): GeoJSON.Feature => {
      const { lng, lat } = this.#map!.unproject([x, y]);
      return point(lng, lat, {});
    };
    const blocks: GeoJSON.Feature[] = [];
    const step = this.#px(EDGE_PX) * 0.9; // no gap between two
    for (let x = 0; x < width + step; x += step) blocks.push(at(x, 0), at(x, height), at(x, height - step)); // credits and legend lie on two rows
    for (let y = step; y < height; y += step) blocks.push(at(0, y), at(width, y));
    this.#data.set(collection(blocks));
  };
}
