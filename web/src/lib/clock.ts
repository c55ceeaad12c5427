import type { ClockReading } from "./protocol";

/** The room's clock, carried on from its last reading; a storm at 60× runs it sixty times as fast. */
export class RoomClock {
  #anchorRoomMs = 0;
  #anchorLocalMs = 0;
  speed = 1;
  known = false;

  set(reading: ClockReading, localMs: number): void {
    this.#anchorRoomMs = Date.parse(reading.now);
    this.#anchorLocalMs = localMs;
    this.speed = reading.speed;
    this.known = true;
  }

  /** Milliseconds since 1970 in the room, at `localMs` of a monotonic clock of this machine. */
  now(localMs: number): number {
    return this.#anchorRoomMs + (localMs - this.#anchorLocalMs) * this.speed;
  }
}
