import type { Map as MapGL } from "maplibre-gl";
import { TEXTS, teamName, type Lang } from "../../lib/i18n";
import { isEnded } from "../../lib/orders";
import type { RoomState } from "../../lib/state";
import { addLayer, removeLayers } from "./layers";
import { collection, Data, FONT, point, TEXT_PX, zoomShift, type Overlay, type Px } from "./overlay";

const TEAMS = "teams";
const LINKS = "team-links";
const CROWD = 24; // teams: from here on their names wait for a closer look
const NAMES_FROM_ZOOM = 12.2;

/** Teams as white pennants with their state, and a dashed line from each to the site of its order. */
export class Teams implements Overlay {
  #teams = new Data(TEAMS);
  #links = new Data(LINKS);
  #map: MapGL | null = null;
  #px: Px = (n) => n;
  #isCrowd = false;

  set(room: RoomState, lang: Lang): void {
    const { teams, orders, sites } = room.topics;
    const places: GeoJSON.Feature[] = [];
    for (const [teamId, team] of Object.entries(teams)) {
      if (team.lon === null || team.lat === null) continue;
      const label = `${teamName(team, teamId, lang)} · ${TEXTS[lang].teamState[team.state]}`;
      places.push(point(team.lon, team.lat, { team_id: teamId, state: team.state, label }));
    }
    const lines: GeoJSON.Feature[] = [];
    for (const [orderId, order] of Object.entries(orders)) {
      const [team, site] = [teams[order.team_id], sites[order.site_id]];
      if (isEnded(order.state) || order.state === "on_scene" || !team || !site) continue;
      if (team.lon === null || team.lat === null || site.lon === null || site.lat === null) continue;
      const coordinates = [[team.lon, team.lat], [site.lon, site.lat]];
      lines.push({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { order_id: orderId, state: order.state } });
    }
    this.#teams.set(collection(places));
    this.#isCrowd = places.length > CROWD;
    this.#rezoom();
    this.#links.set(collection(lines));
  }

  #rezoom(): void {
    const from = this.#isCrowd ? NAMES_FROM_ZOOM + zoomShift(this.#px) : 0;
    if (this.#map?.getLayer("team-labels")) this.#map.setLayerZoomRange("team-labels", from, 24);
  }

  add(map: MapGL, px: Px): void {
    this.#map = map;
    this.#px = px;
    this.#teams.add(map);
    this.#links.add(map);
    addLayer(map, {
      id: "team-links",
      type: "line",
      source: LINKS,
      layout: { "line-cap": "round" },
      paint: {
        "line-color": "#E6EEF7",
        "line-opacity": ["case", ["==", ["get", "state"], "proposed"], 0.3, 0.75],
        "line-width": px(2),
        "line-dasharray": [2, 2.5],
      },
    });
    addLayer(map, {
      id: "team-icons",
      type: "symbol",
      source: TEAMS,
      layout: { "icon-image": ["concat", "team-", ["get", "state"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-anchor": "bottom", "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 12.5, 1] },
    });
    addLayer(map, {
      id: "team-labels",
      type: "symbol",
      source: TEAMS,
      filter: ["!", ["in", ["get", "state"], ["literal", ["free", "off"]]]],
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": px(TEXT_PX - 1.5),
        "text-variable-anchor": ["bottom-left", "bottom-right", "top", "bottom"],
        "text-radial-offset": 1,
        "text-justify": "auto",
        "text-max-width": 14,
        "text-padding": px(3),
      },
      paint: { "text-color": "#B9C9DA", "text-halo-color": "#0B1622", "text-halo-width": px(2) },
    });
    this.#rezoom();
  }

  remove(map: MapGL): void {
    removeLayers(map, TEAMS, "team-icons", "team-labels");
    removeLayers(map, LINKS, "team-links");
  }
}
