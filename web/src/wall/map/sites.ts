import type { Map as MapGL } from "maplibre-gl";
import type { Site } from "../../lib/protocol";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, point, type Overlay, type Px } from "./overlay";

const SOURCE = "sites";
const DENSE = 2000; // from here on a normal site is a grain, and only from zoom 11
const DENSE_FROM_ZOOM = 11;
const HALOS = 120; // more of them run into one blot over the streets

/**
 * Every site with a position: one static source with numeric ids. That a site is abnormal is feature-state, set only when
 * it changes, because that costs 1 % of a core where new data for 50,000 points cost 67 %.
 */
export class Sites implements Overlay {
  #data = new Data(SOURCE);
  #numberOf = new Map<string, number>();
  #abnormal = new Set<string>();
  #map: MapGL | null = null;
  #px: Px = (n) => n;

  set(sites: Record<string, Site>): void {
    const features: GeoJSON.Feature[] = [];
    this.#numberOf.clear();
    this.#abnormal.clear();
    for (const [siteId, { lon, lat }] of Object.entries(sites)) {
      if (lon === null || lat === null) continue;
      this.#numberOf.set(siteId, features.length);
      features.push(point(lon, lat, { site_id: siteId }, features.length));
    }
    this.#map?.removeFeatureState({ source: SOURCE });
    this.#data.set(collection(features));
    if (this.#map) this.#restyle(this.#map);
  }

  setAbnormal(siteIds: ReadonlySet<string>): void {
    for (const id of siteIds) if (!this.#abnormal.has(id)) this.#mark(id, true);
    for (const id of this.#abnormal) if (!siteIds.has(id)) this.#mark(id, false);
    this.#abnormal = new Set(siteIds);
  }

  #mark(siteId: string, abnormal: boolean): void {
    const id = this.#numberOf.get(siteId);
    if (id !== undefined) this.#map?.setFeatureState({ source: SOURCE, id }, { abnormal });
  }

  add(map: MapGL, px: Px): void {
    this.#map = map;
    this.#px = px;
    this.#data.add(map);
    const hidden = (shown: number): ["case", ["boolean", ["feature-state", "abnormal"], false], number, number] => ["case", ["boolean", ["feature-state", "abnormal"], false], 0, shown];
    addLayer(map, {
      id: "sites-halo",
      type: "circle",
      source: SOURCE,
      paint: {
        "circle-radius": ["interpolate", ["exponential", 1.6], ["zoom"], 8, px(14), 11, px(46), 14, px(120)],
        "circle-color": "#1B4B7A",
        "circle-blur": 1,
      },
    });
    addLayer(map, {
      id: "sites-normal",
      type: "circle",
      source: SOURCE,
      paint: {
        "circle-color": "#0B1622",
        "circle-opacity": hidden(0.9),
        "circle-stroke-color": "#7C8FA3",
        "circle-stroke-opacity": hidden(1),
      },
    });
    this.#restyle(map);
    for (const id of this.#abnormal) this.#mark(id, true);
  }

  #restyle(map: MapGL): void {
    const px = this.#px;
    const dense = this.#numberOf.size > DENSE;
    const small = Math.min(1, 14 / Math.sqrt(this.#numberOf.size + 1) + 0.35); // 24 sites full size, 300 a little smaller
    map.setLayerZoomRange("sites-normal", dense ? DENSE_FROM_ZOOM : 0, 24);
    map.setPaintProperty("sites-halo", "circle-opacity", this.#numberOf.size > HALOS ? 0 : 0.32);
    map.setPaintProperty("sites-normal", "circle-radius", dense ? px(1.6) : ["interpolate", ["linear"], ["zoom"], 8, px(3.2 * small), 13, px(7 * small)]);
    map.setPaintProperty("sites-normal", "circle-stroke-width", dense ? 0 : px(2 * small));
  }

  remove(map: MapGL): void {
    removeLayers(map, SOURCE, "sites-halo", "sites-normal");
  }
}
