import { API } from "./api";
import { backoffMs } from "./backoff";
import type { Delta, Hello, Message, Snapshot } from "./protocol";

const SILENCE_MS = 15_000; // three heartbeats of 5 s

export interface LiveHandlers {
  hello(message: Hello): void;
  /** The messages of one animation frame, in order. Answers false when one was missing: the client then starts over. */
  apply(messages: (Snapshot | Delta)[]): boolean;
  connected(is: boolean): void;
  /** Asked before every new try; false stops the client (the session has ended). */
  mayConnect(): Promise<boolean>;
}

/** Keeps one WebSocket to the live channel alive: resume after a break, a fresh snapshot after a gap or a hidden tab. */
export class LiveClient {
  #socket: WebSocket | null = null;
  #attempt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #waiting: (Snapshot | Delta)[] = [];
  #epoch: string | null = null;
  #since: number | null = null;
  #running = false;

  constructor(private readonly handlers: LiveHandlers) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    document.addEventListener("visibilitychange", this.#onVisibility);
    addEventListener("online", this.#onOnline);
    if (!document.hidden) this.#connect();
  }

  stop(): void {
    this.#running = false;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    removeEventListener("online", this.#onOnline);
    clearTimeout(this.#retry);
    this.#forget();
    this.#drop();
  }

  #onVisibility = (): void => {
    if (document.hidden) {
      clearTimeout(this.#retry);
      this.#forget();
      this.#drop();
    } else if (!this.#socket) {
      this.#attempt = 0;
      this.#connect();
    }
  };

  #onOnline = (): void => {
    if (this.#socket || document.hidden) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  #connect(): void {
    const url = new URL(`${API}/live`, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.#epoch !== null && this.#since !== null) {
      url.searchParams.set("epoch", this.#epoch);
      url.searchParams.set("since", String(this.#since));
    }
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#listenForSilence();
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(String(event.data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
  }

  #receive(text: string): void {
    this.#listenForSilence();
    const message = JSON.parse(text) as Message;
    switch (message.type) {
      case "hello":
        if (message.epoch !== this.#epoch) this.#since = null;
        this.#epoch = message.epoch;
        this.handlers.hello(message);
        this.handlers.connected(true);
        break;
      case "snapshot":
      case "delta":
        this.#waiting.push(message);
        this.#frame ||= requestAnimationFrame(this.#flush);
        break;
      case "resume_failed":
        this.#forget();
    }
  }

  #flush = (): void => {
    this.#frame = 0;
    const messages = this.#waiting;
    this.#waiting = [];
    const last = messages.at(-1);
    if (!last) return;
    if (this.handlers.apply(messages)) {
      this.#since = last.seq;
      this.#attempt = 0;
    } else {
      this.#forget();
      this.#lost();
    }
  };

  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #forget(): void {
    this.#epoch = null;
    this.#since = null;
  }

  #drop(): void {
    clearTimeout(this.#silence);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#waiting = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #lost(): void {
    this.#drop();
    if (!this.#running || document.hidden) return;
    this.handlers.connected(false);
    this.#retry = setTimeout(() => void this.#again(), backoffMs(this.#attempt++, Math.random()));
  }

  async #again(): Promise<void> {
    if (!(await this.handlers.mayConnect())) return this.stop();
    if (this.#running && !document.hidden && !this.#socket) this.#connect();
  }
}
