import type { Map as MapGL } from "maplibre-gl";
import type { Bounds } from "../../lib/geo";
import type { Px } from "./overlay";

const UNTOUCHED_MS = 60_000; // a person who moved the map a minute ago is still looking
const STAY_MS = 30_000;
const CLOSE_ZOOM = 13;

/** Where the map looks. A person's pan locks it; only an unlocked view may go to a new red site, and it comes back. */
export class View {
  #home: Bounds | null = null;
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
  setHome(home: Bounds | null): void {
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
    this.map.fitBounds([[west, south], [east, north]], {
      padding: { top: this.px(70), bottom: this.px(90), left: this.px(170), right: this.px(310) } /* room for names */,
      maxZoom: 14,
      animate: !instantly,
      duration: 900,
    });
  }
}
