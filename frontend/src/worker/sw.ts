/** The service worker: keeps the shell, pages and their hashed files, and never the board or any other answer.
 *
 * `/` comes from what is kept, because a kept page is seen at once; a new build brings a new worker, which takes its
 * files before it takes over. Other pages come from the network, and from what is kept where there is none.
 */

/** The build writes these in: see vite.config.ts. */
declare const BUILD: string;
declare const SHELL: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
const NAME = `beeplace-shell-${BUILD}`;
const PAGES: ReadonlySet<string> = new Set(["/", "/display", "/displays", "/admin"]);

worker.addEventListener("install", (event) => {
  const take = async () => {
    const cache = await caches.open(NAME);
    // Hashed files may come from the browser's own cache; pages must be the new ones.
    await cache.addAll(
      SHELL.map((path) => (path.startsWith("/assets/") ? path : new Request(path, { cache: "reload" }))),
    );
    await worker.skipWaiting();
  };
  // Where the browser can, it then asks neither this worker nor waits for it to start.
  event.addRoutes?.([
    { condition: { urlPattern: { pathname: "/api/*" } }, source: "network" },
    { condition: { urlPattern: { pathname: "/assets/*" } }, source: { cacheName: NAME } },
  ]);
  event.waitUntil(take());
});

worker.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("beeplace-shell-") && name !== NAME) await caches.delete(name);
    }
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && PAGES.has(url.pathname)) event.respondWith(page(request, url.pathname));
  else if (SHELL.includes(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(file(request, url.pathname));
  }
});

/** Kept under its path alone: a wall's address differs from screen to screen, its page does not. */
async function page(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(NAME);
  const kept = await cache.match(path);
  if (path === "/" && kept) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(path, fresh.clone());
    return fresh;
  } catch {
    return kept ?? Response.error();
  }
}

async function file(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(NAME);
  const kept = await cache.match(path);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(path, fresh.clone());
  return fresh;
}

/** "Your pixels are back" brings the person back to the page. */
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const [open] = await worker.clients.matchAll({ type: "window" });
    await (open ? open.focus() : worker.clients.openWindow("/"));
  };
  event.waitUntil(show());
});
