/// <reference lib="webworker" />
import { flush } from "./outbox";

/** The field page's service worker: the shell from the cache when there is no network, and the outbox when it comes back. */
declare const self: ServiceWorkerGlobalScope;

const CACHE = "onemap-field-1";
const PAGE = "/field";

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page());
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});

self.addEventListener("sync", (event) => {
  (event as ExtendableEvent).waitUntil(flush());
});

/** The newest page where there is a network; its assets are kept with it and those of an older build leave. */
async function page(): Promise<Response> {
  try {
    return await keepShell();
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function keepShell(): Promise<Response> {
  const response = await fetch(PAGE);
  if (!response.ok) return response;
  const cache = await caches.open(CACHE);
  const html = await response.clone().text();
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? "");
  const kept = await cache.keys();
  const missing = assets.filter((path) => !kept.some((request) => new URL(request.url).pathname === path));
  await cache.addAll(missing);
  await cache.put(PAGE, response.clone());
  for (const request of kept) {
    const path = new URL(request.url).pathname;
    if (path !== PAGE && !assets.includes(path)) await cache.delete(request);
  }
  return response;
}

/** An asset's name holds its hash, so a kept one is never stale. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
