import { RoomClock } from "../lib/clock";
import { LiveClient } from "../lib/live";
import type { Delta, Hello, Snapshot, Topic } from "../lib/protocol";
import { TOPICS } from "../lib/protocol";
import { RoomState } from "../lib/state";
import { whoAmI, ApiError } from "../lib/api";

const zeros = (): Record<Topic, number> => Object.fromEntries(TOPICS.map((t) => [t, 0])) as Record<Topic, number>;

const CLOCK_STEP_MS = 250;

/**
 * The room for Svelte: the state itself is plain, and a counter for each topic tells the panels that it changed.
 * `connected` is null until the first hello.
 */
export class Room {
  readonly state = new RoomState();
  readonly clock = new RoomClock();
  hello = $state.raw<Hello | null>(null);
  connected = $state<boolean | null>(null);
  lostAt = $state<number | null>(null);
  localNow = $state(Date.now());
  now = $state(0);
  /** Of the room's clock; 0 while it is paused. */
  speed = $state(1);
  newBuild = $state(false);
  /** How often a whole state came: what was kept of the time before may have a gap. */
  snapshots = $state(0);
  #version = $state(zeros());
  #client: LiveClient;
  #build: string | null = null;

  constructor(private readonly onSignedOut: () => void) {
    this.#client = new LiveClient({
      hello: (message) => this.#onHello(message),
      apply: (messages) => this.#apply(messages),
      connected: (is) => this.#onConnected(is),
      mayConnect: () => this.#maySignIn(),
    });
    setInterval(() => this.#tick(), CLOCK_STEP_MS);
  }

  start(): void {
    this.#client.start();
  }

  stop(): void {
    this.#client.stop();
    this.connected = null;
    this.lostAt = null;
  }

  /** The plain state, read by a panel that then follows these topics. */
  read(...topics: Topic[]): RoomState {
    for (const topic of topics) void this.#version[topic];
    return this.state;
  }

  get mayCommand(): boolean {
    return this.hello?.user.role === "officer" || this.hello?.user.role === "admin";
  }

  /** Age of the newest reading on the room's clock, in ms. */
  get readingAgeMs(): number | null {
    const newest = this.read("readings").asOf.readings;
    return newest === undefined ? null : Math.max(0, this.now - Date.parse(newest));
  }

  #tick(): void {
    this.localNow = Date.now();
    if (!this.clock.known) return;
    this.now = this.clock.now(performance.now());
    this.speed = this.clock.speed;
  }

  #onHello(message: Hello): void {
    this.newBuild ||= this.#build !== null && this.#build !== message.build;
    this.#build ??= message.build;
    this.hello = message;
    this.clock.set(message.clock, performance.now());
    this.#tick();
  }

  #onConnected(is: boolean): void {
    this.connected = is;
    this.lostAt = is ? null : (this.lostAt ?? Date.now());
  }

  #apply(messages: (Snapshot | Delta)[]): boolean {
    const touched = new Set<Topic>();
    let whole = true;
    for (const message of messages) {
      const topics = message.type === "snapshot" ? this.state.replace(message) : this.state.apply(message);
      if (!topics) {
        whole = false;
        break;
      }
      for (const topic of topics) touched.add(topic);
      this.snapshots += Number(message.type === "snapshot");
      if (message.type === "delta" && message.clock) this.clock.set(message.clock, performance.now());
    }
    for (const topic of touched) this.#version[topic] += 1;
    this.#version.readings += Number(!touched.has("readings")); // the newest age may come without a change
    this.#tick();
    return whole;
  }

  async #maySignIn(): Promise<boolean> {
    try {
      await whoAmI();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) return true;
      this.onSignedOut();
      return false;
    }
  }
}
