import type { Map as MapGL } from "maplibre-gl";
import type { Bounds } from "../../lib/geo";
import type { Px } from "./overlay";

const UNTOUCHED_MS = 60_000; // a person who moved the map a minute ago is still looking
const STAY_MS = 30_000;
const CLOSE_ZOOM = 13;
const CROWDED = 100; // sites: from here on the city itself fills the map, and names find their place inside

const ROOM_FOR_NAMES = { top: 70, bottom: 90, left: 170, right: 310 };
const RIM = { top: 44, bottom: 64, left: 60, right: 60 };

/** Where the map looks. A person's pan locks it; only an unlocked view may go to a new red site, and it comes back. */
export class View {
  #home: Bounds | null = null;
  #crowded = false;
  #touchedMs = -Infinity;
  #back: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly map: MapGL,
    private readonly px: Px,
    private readonly onLocked: (locked: boolean) => void,
  ) {
    map.on("movestart", (event) => {
      if (event.originalEvent) this.lock();
    });
  }

  locked = false;

  lock(): void {
    this.#touchedMs = performance.now();
    this.#setLocked(true);
  }

  release(): void {
    this.#touchedMs = performance.now();
    this.#setLocked(false);
    this.#goHome();
  }

  /** The extent that the view rests at; followed at once unless a person holds the view. */
  setHome(home: Bounds | null, sites: number): void {
    this.#crowded = sites > CROWDED;
    if (String(home) === String(this.#home)) return;
    const first = this.#home === null;
    this.#home = home;
    if (!this.locked) this.#goHome(first);
  }

  /** A deliberate look elsewhere: holds until F. */
  show(bounds: Bounds): void {
    this.lock();
    this.#fit(bounds, false);
  }

  onNewRed(lon: number, lat: number): void {
    if (this.locked || performance.now() - this.#touchedMs < UNTOUCHED_MS) return;
    this.map.easeTo({ center: [lon, lat], zoom: Math.max(CLOSE_ZOOM, this.map.getZoom()), duration: 1200 });
    clearTimeout(this.#back);
    this.#back = setTimeout(() => {
      if (!this.locked) this.#goHome();
    }, STAY_MS);
  }

  resized(): void {
    if (!this.locked) this.#goHome(true);
  }

  #setLocked(locked: boolean): void {
    clearTimeout(this.#back);
    this.locked = locked;
    this.onLocked(locked);
  }

  #goHome(instantly = false): void {
    if (this.#home) this.#fit(this.#home, instantly);
  }

  #fit([west, south, east, north]: Bounds, instantly: boolean): void {
    const { top, bottom, left, right } = this.#crowded ? RIM : ROOM_FOR_NAMES;
    this.map.fitBounds([[west, south], [east, north]], {
      padding: { top: this.px(top), bottom: this.px(bottom), left: this.px(left), right: this.px(right) },
      maxZoom: 14,
      animate: !instantly,
      duration: 900,
    });
  }
}
