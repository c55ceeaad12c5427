import type { ClockReading } from "./protocol";

/** The room's clock, carried on from its last reading; a storm at 60× runs it sixty times as fast, and a pause not at all. */
export class RoomClock {
  #anchorRoomMs = 0;
  #anchorLocalMs = 0;
  speed = 1;
  /** Its speed, or the last one before it was paused: what is late by it does not change by a pause. */
  pace = 1;
  known = false;

  set(reading: ClockReading, localMs: number): void {
    this.#anchorRoomMs = Date.parse(reading.now);
    this.#anchorLocalMs = localMs;
    this.speed = reading.speed;
    if (reading.speed > 0) this.pace = reading.speed;
    this.known = true;
  }

  get paused(): boolean {
    return this.known && this.speed === 0;
  }

  /** Milliseconds since 1970 in the room, at `localMs` of a monotonic clock of this machine. */
  now(localMs: number): number {
    return this.#anchorRoomMs + (localMs - this.#anchorLocalMs) * this.speed;
  }
}
