import { Marker, type Map as MapGL } from "maplibre-gl";
import type { RoomState } from "../../lib/state";

const MOST = 60;

/**
 * Rings around sites with a new alarm and around the chosen site. They are HTML, so that blinking at 2 Hz is the
 * compositor's work and the map need not be drawn again.
 */
export class Rings {
  #markers = new Map<string, Marker>();

  constructor(private readonly map: MapGL) {}

  set(room: RoomState, chosen: string | null): void {
    const wanted = new Map<string, string>();
    for (const alarm of Object.values(room.topics.alarms)) {
      if (alarm.state === "new" && wanted.size < MOST) wanted.set(alarm.site_id, "ring new");
    }
    if (chosen !== null) wanted.set(chosen, `${wanted.get(chosen) ?? "ring"} chosen`);
    for (const [siteId, marker] of this.#markers) {
      if (wanted.has(siteId)) continue;
      marker.remove();
      this.#markers.delete(siteId);
    }
    for (const [siteId, className] of wanted) this.#put(room, siteId, className);
  }

  #put(room: RoomState, siteId: string, className: string): void {
    const site = room.topics.sites[siteId];
    if (!site || site.lon === null || site.lat === null) return;
    const marker = this.#markers.get(siteId) ?? new Marker({ element: ringElement() });
    marker.setLngLat([site.lon, site.lat]);
    if (!this.#markers.has(siteId)) marker.addTo(this.map);
    this.#markers.set(siteId, marker);
    const ring = marker.getElement().firstElementChild;
    if (ring && ring.className !== className) ring.className = className;
  }
}

function ringElement(): HTMLElement {
  const outer = document.createElement("div");
  outer.className = "ring-place";
  outer.setAttribute("aria-hidden", "true");
  outer.append(document.createElement("div"));
  return outer;
}
