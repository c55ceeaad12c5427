import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveClient, type LiveHandlers } from "./live";

class FakeSocket {
  static opened: FakeSocket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;

  constructor(readonly url: URL) {
    FakeSocket.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const document = Object.assign(new EventTarget(), { hidden: false });
const socket = (n: number): FakeSocket => FakeSocket.opened[n]!;
const query = (n: number): string => socket(n).url.search;
const hello = { type: "hello", epoch: "e1" };
let handlers: { [K in keyof LiveHandlers]: ReturnType<typeof vi.fn<LiveHandlers[K]>> };
let client: LiveClient;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  document.hidden = false;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("document", document);
  vi.stubGlobal("location", { href: "https://wall.example/", protocol: "https:" });
  vi.stubGlobal("requestAnimationFrame", (act: () => void) => setTimeout(act, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  handlers = { hello: vi.fn(), apply: vi.fn(() => true), connected: vi.fn(), mayConnect: vi.fn(() => Promise.resolve(true)) };
  client = new LiveClient(handlers);
  client.start();
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const frame = (): Promise<unknown> => vi.advanceTimersByTimeAsync(20);

test("messages of one frame are applied together, in order", async () => {
  socket(0).say(hello);
  socket(0).say({ type: "snapshot", seq: 4 });
  socket(0).say({ type: "delta", seq: 5 });
  await frame();
  expect(handlers.apply.mock.calls.map(([messages]) => messages.map((m) => m.seq))).toEqual([[4, 5]]);
  expect(query(0)).toBe("");
});

test("after a break it resumes from the last message that was applied", async () => {
  socket(0).say(hello);
  socket(0).say({ type: "snapshot", seq: 4 });
  await frame();
  socket(0).onclose?.();
  expect(handlers.connected).toHaveBeenLastCalledWith(false);
  await vi.advanceTimersByTimeAsync(600);
  expect(query(1)).toBe("?epoch=e1&since=4");
});

test("after a gap it asks for a whole state", async () => {
  socket(0).say(hello);
  socket(0).say({ type: "snapshot", seq: 4 });
  await frame();
  handlers.apply.mockReturnValueOnce(false);
  socket(0).say({ type: "delta", seq: 9 });
  await frame();
  await vi.advanceTimersByTimeAsync(600);
  expect([socket(0).closed, query(1)]).toEqual([true, ""]);
});

test("fifteen seconds of silence are a dead connection", async () => {
  socket(0).say(hello);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(socket(0).closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket(0).closed).toBe(true);
});

test("a hidden tab lets go of the channel and takes a whole state when it is seen again", async () => {
  socket(0).say(hello);
  socket(0).say({ type: "snapshot", seq: 4 });
  await frame();
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([socket(0).closed, FakeSocket.opened.length]).toEqual([true, 1]);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(query(1)).toBe("");
});

test("it stops when the session has ended", async () => {
  handlers.mayConnect.mockResolvedValue(false);
  socket(0).onclose?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.opened).toHaveLength(1);
});
