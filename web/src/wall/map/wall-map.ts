import { Map as MapGL, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { boundsOf, scaleBar } from "../../lib/geo";
import type { Lang } from "../../lib/i18n";
import { OFF_AT_FIRST, type OwnLayer } from "../../lib/own-layers";
import type { Topic } from "../../lib/protocol";
import type { RoomState } from "../../lib/state";
import { Alarmed, isAbnormal } from "./alarmed";
import { Areas } from "./areas";
import { Districts } from "./districts";
import { Edge } from "./edge";
import { Graticule } from "./graticule";
import { addImages } from "./images";
import { LAYER_GROUPS, showGroup, type LayerGroup } from "./layers";
import { Metro } from "./metro";
import { Own, ownThingAt, type OwnThing } from "./own";
import type { Overlay, Px } from "./overlay";
import { Rings } from "./rings";
import { Sites } from "./sites";
import { Teams } from "./teams";
import { View } from "./view";

setWorkerUrl(workerUrl);

const px: Px = (at1080) => (at1080 * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 10;
const SCALE_BAR_PX = 130;

export interface WallMapEvents {
  chosen(siteId: string): void;
  locked(is: boolean): void;
  /** What of the deployer's own layers lies under the pointer; null where nothing does. */
  pointed(thing: OwnThing | null): void;
  scale(bar: { metres: number; px: number }): void;
}

/** The map of the wall: one MapLibre map and its overlays, fed by the room's plain state. */
export class WallMap {
  readonly map: MapGL;
  readonly view: View;
  #districts = new Districts();
  #metro = new Metro();
  #graticule = new Graticule();
  #own = new Own();
  #areas = new Areas();
  #edge = new Edge();
  #sites = new Sites();
  #alarmed = new Alarmed();
  #teams = new Teams();
  #rings: Rings;
  #overlays: Overlay[];
  #hidden = new Set<LayerGroup>(OFF_AT_FIRST);
  #ready = false;
  #pointing = 0;

  constructor(
    container: HTMLElement,
    private readonly room: RoomState,
    private lang: Lang,
    private readonly events: WallMapEvents,
  ) {
    this.map = new MapGL({
      container,
      style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": "#0D1A29" } }] },
      center: [113.65, 34.76],
      zoom: 9,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      keyboard: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      localIdeographFontFamily: '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif',
    });
    this.map.touchZoomRotate.disableRotation();
    this.view = new View(this.map, px, events.locked);
    this.#rings = new Rings(this.map);
    this.#overlays = [
      this.#graticule, this.#districts, this.#own, this.#metro, this.#areas, this.#sites, this.#alarmed, this.#teams, this.#edge,
    ];
    this.map.once("load", () => this.#begin());
    // A reset of the graphics driver takes the style away; MapLibre loads it anew, without feature-state.
    this.map.on("webglcontextlost", () => (this.#ready = false));
    this.map.on("webglcontextrestored", () => void this.map.once("style.load", () => this.#begin()));
    this.map.on("move", () => this.#tellScale());
    this.map.on("click", (event) => this.#click(event.point.x, event.point.y));
    this.map.on("mousemove", (event) => this.#point(event.point.x, event.point.y));
  }

  /** Takes what changed in the room. */
  update(touched: ReadonlySet<Topic>, chosen: string | null): void {
    if (!this.#ready) return;
    if (touched.has("sites")) this.#drawSites();
    if (touched.has("sites") || touched.has("readings") || touched.has("incidents")) {
      this.#sites.setAbnormal(new Set(Object.keys(this.room.topics.sites).filter((id) => isAbnormal(this.room, id))));
      this.#alarmed.set(this.room, this.lang);
    }
    if (touched.has("sites") || touched.has("teams") || touched.has("orders")) this.#teams.set(this.room, this.lang);
    this.#rings.set(this.room, chosen);
  }

  setDistricts(districts: GeoJSON.FeatureCollection): void {
    this.#districts.set(districts, this.lang);
    this.#areas.set(this.room.topics.sites, (name) => this.#districts.has(name), this.lang);
  }

  setMetro(stations: GeoJSON.FeatureCollection): void {
    this.#metro.set(stations);
  }

  setOwn(layer: OwnLayer, features: GeoJSON.FeatureCollection): void {
    this.#own.set(layer, features);
  }

  translate(lang: Lang): void {
    this.lang = lang;
    this.#districts.translate(lang);
    this.#areas.set(this.room.topics.sites, (name) => this.#districts.has(name), lang);
    this.#alarmed.set(this.room, lang);
    this.#teams.set(this.room, lang);
  }

  show(group: LayerGroup, visible: boolean): void {
    if (visible) this.#hidden.delete(group);
    else this.#hidden.add(group);
    showGroup(this.map, group, visible);
  }

  showDistricts(): void {
    if (this.#districts.bounds) this.view.show(this.#districts.bounds);
  }

  destroy(): void {
    for (const overlay of this.#overlays) overlay.remove(this.map);
    this.#ready = false;
    cancelAnimationFrame(this.#pointing);
    this.map.remove();
  }

  /** Sizes follow the root font, so a changed window means new symbols and new layers. */
  resized(): void {
    this.map.resize();
    if (!this.#ready) return;
    this.#addAll();
    this.view.resized();
    this.#tellScale();
  }

  #begin(): void {
    this.#addAll();
    this.#ready = true;
    this.update(new Set<Topic>(["sites", "readings", "teams"]), null);
    this.#tellScale();
  }

  #addAll(): void {
    addImages(this.map, px);
    for (const overlay of this.#overlays) overlay.remove(this.map);
    for (const overlay of this.#overlays) overlay.add(this.map, px);
    for (const group of Object.keys(LAYER_GROUPS) as LayerGroup[]) if (this.#hidden.has(group)) showGroup(this.map, group, false);
  }

  #drawSites(): void {
    const { sites } = this.room.topics;
    this.#sites.set(sites);
    this.#areas.set(sites, (name) => this.#districts.has(name), this.lang);
    const places = Object.values(sites).flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [{ lon, lat }]));
    this.view.setHome(boundsOf(places), places.length);
  }

  #click(x: number, y: number): void {
    const reach = px(16);
    const layers = ["alarmed-icons", "sites-normal"].filter((id) => this.map.getLayer(id));
    const hits = this.map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers });
    const siteId: unknown = hits[0]?.properties.site_id;
    if (typeof siteId === "string") this.events.chosen(siteId);
    this.#point(x, y);
  }

  /** Once in a frame at most: a mouse moves more often. */
  #point(x: number, y: number): void {
    cancelAnimationFrame(this.#pointing);
    this.#pointing = requestAnimationFrame(() => {
      if (this.#ready) this.events.pointed(ownThingAt(this.map, x, y, px(5)));
    });
  }

  #tellScale(): void {
    const { lat } = this.map.getCenter();
    const metresPerPx = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom());
    this.events.scale(scaleBar(metresPerPx, px(SCALE_BAR_PX)));
  }
}
