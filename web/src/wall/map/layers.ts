import type { AddLayerObject, Map as MapGL } from "maplibre-gl";
import type { OwnLayer } from "../../lib/own-layers";

/** Every layer of the wall's map, bottom first. A layer is added at its place here, whenever it comes. */
export const LAYER_ORDER = [
  "ground",
  "districts-fill",
  "sites-halo",
  "graticule-lines",
  "grid-lines",
  "rivers-lines",
  "drains-lines",
  "districts-line",
  "roads-lines",
  "tunnels-lines",
  "metro-points",
  "graticule-labels",
  "districts-labels",
  "metro-labels",
  "areas-labels",
  "team-links",
  "pump_stations-points",
  "sites-normal",
  "team-labels",
  "team-icons",
  "alarmed-labels",
  "alarmed-icons",
  "edge-blocks",
] as const; // names are placed from the top down: a flooded site's before a team's before a district's

export type LayerId = (typeof LAYER_ORDER)[number];

/** What a person may switch off (key L), with the layers it stands for. */
export const LAYER_GROUPS = {
  districts: ["districts-fill", "districts-line", "districts-labels"],
  metro: ["metro-points", "metro-labels"],
  graticule: ["graticule-lines", "graticule-labels"],
  teams: ["team-links", "team-icons", "team-labels"],
  labels: ["alarmed-labels"],
  normal: ["sites-normal", "sites-halo"],
  rivers: ["rivers-lines"],
  roads: ["roads-lines"],
  tunnels: ["tunnels-lines"],
  drains: ["drains-lines"],
  grid: ["grid-lines"],
  pump_stations: ["pump_stations-points"],
} as const satisfies Record<OwnLayer | ShippedGroup, readonly LayerId[]>;

export type ShippedGroup = "districts" | "metro" | "graticule" | "teams" | "labels" | "normal";

export type LayerGroup = ShippedGroup | OwnLayer;

export function addLayer(map: MapGL, layer: AddLayerObject & { id: LayerId }): void {
  const above = LAYER_ORDER.slice(LAYER_ORDER.indexOf(layer.id) + 1);
  map.addLayer(layer, above.find((id) => map.getLayer(id)));
}

export function removeLayers(map: MapGL, source: string, ...ids: LayerId[]): void {
  for (const id of ids) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource(source)) map.removeSource(source);
}

export function showGroup(map: MapGL, group: LayerGroup, visible: boolean): void {
  for (const id of LAYER_GROUPS[group]) {
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
  }
}
