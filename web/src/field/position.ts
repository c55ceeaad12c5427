import type { LonLat } from "../lib/coords";

const OLDEST_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** Where the phone was last; asked for in the background, so that a tap never waits for a satellite. */
export class Position {
  last: LonLat | null = null;

  refresh(): void {
    if (!("geolocation" in navigator)) return;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => (this.last = { lon: coords.longitude, lat: coords.latitude }),
      () => undefined, // refused or under a bridge: the action goes without a place
      { maximumAge: OLDEST_MS, timeout: TIMEOUT_MS, enableHighAccuracy: true },
    );
  }
}
