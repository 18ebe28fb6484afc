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

// noConnection is the page where nothing is stored.
const noConnection = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>There is no connection – Assess a cat</title><style>body { max-width: 40rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; } h1 { font-size: 1.5rem; line-height: 1.25; }</style></head>
<body><main><h1>There is no connection</h1><p>This page is not stored on this phone yet. Load it again when you have a connection. Finished visits stay stored.</p></main></body></html>`;

// respond returns the response of the server. Within four seconds, or if the server fails, it returns
// the stored one. A page is stored without its token, so that each link finds it.
async function respond(request, url) {
  const isPage = request.mode === "navigate";
  const stored = async () => (await caches.open(cacheName)).match(isPage ? url.pathname : request);
  const fromServer = fetch(request);
  try {
    const response = await Promise.race([fromServer, new Promise((_, reject) => setTimeout(reject, 4000, new Error("slow")))]);
    return isPage && response.status >= 500 && await stored() || response;
  } catch {
    return await stored() || fromServer.catch(error => {
      if (!isPage) throw error;
      return new Response(noConnection, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
    });
  }
}
