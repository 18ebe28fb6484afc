// Shows the assessment form without a connection. The form itself stores what is needed for that.
"use strict";
const cacheName = "trailcat-assess";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  event.respondWith(respond(event.request, url));
});

// respond returns the response of the server, or within four seconds the stored one. A page is
// stored without its token, so that each link finds it.
async function respond(request, url) {
  const stored = async () => (await caches.open(cacheName)).match(request.mode === "navigate" ? url.pathname : request);
  const fromServer = fetch(request);
  try {
    return await Promise.race([fromServer, new Promise((_, reject) => setTimeout(reject, 4000, new Error("slow")))]);
  } catch {
    return await stored() || fromServer;
  }
}
