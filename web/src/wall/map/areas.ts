import type { Map as MapGL } from "maplibre-gl";
import { centroid } from "../../lib/geo";
import { areaName, type Lang } from "../../lib/i18n";
import type { Site } from "../../lib/protocol";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, FONT, point, TEXT_PX, type Overlay, type Px } from "./overlay";

const SOURCE = "areas";

/** Names of districts that no polygon shows, at the middle of their sites. */
export class Areas implements Overlay {
  #data = new Data(SOURCE);

  set(sites: Record<string, Site>, isDrawn: (district: string) => boolean, lang: Lang): void {
    const places = new Map<string, { lon: number; lat: number }[]>();
    for (const { district, lon, lat } of Object.values(sites)) {
      if (district === null || lon === null || lat === null || isDrawn(district)) continue;
      places.set(district, [...(places.get(district) ?? []), { lon, lat }]);
    }
    const names = [...places].flatMap(([district, at]) => {
      const middle = centroid(at);
      return middle ? [point(middle.lon, middle.lat, { name: areaName(district, lang) })] : [];
    });
    this.#data.set(collection(names));
  }

  add(map: MapGL, px: Px): void {
    this.#data.add(map);
    addLayer(map, {
      id: "areas-labels",
      type: "symbol",
      source: SOURCE,
      layout: {
        "text-field": ["upcase", ["get", "name"]],
        "text-font": FONT,
        "text-size": px(TEXT_PX + 5),
        "text-letter-spacing": 0.3,
        "text-variable-anchor-offset": ["center", [0, 0], "top", [0, 1], "bottom", [0, -1], "top", [0, 2.5], "bottom", [0, -2.5]],
        "text-max-width": 20,
      },
      paint: { "text-color": "#5F83AB", "text-opacity": 0.75, "text-halo-color": "#0B1622", "text-halo-width": px(2) },
    });
  }

  remove(map: MapGL): void {
    removeLayers(map, SOURCE, "areas-labels");
  }
}
