/** The service worker: keeps the shell, pages and their hashed files, and never the board or any other answer.
 *
 * `/` comes from what is kept, because a kept page is seen at once; a new build brings a new worker, which takes its
 * files before it takes over. Other pages come from the network, and from what is kept where there is none. Invariants:
 * what the network gives is never lost because it could not be kept, and a page is kept only beside the files of its own
 * build. It ends where the server gives `worker/end.ts` in its place, and where a page finds that the site is no longer
 * ours (`storage/shell.ts`).
 */
/** The build writes these in: see vite.config.ts. Paths in the site's folder. */
declare const BUILD: string;
declare const SHELL: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
/** The site's folder. */
const ROOT = new URL("./", worker.location.href).pathname;
const at = (path: string) => ROOT + path;
// Sites of one server share its caches.
const PREFIX = ROOT === "/" ? "beeplace-shell-" : `beeplace-shell:${ROOT}:`;
const NAME = `${PREFIX}${BUILD}`;
const PAGES: ReadonlySet<string> = new Set(["", "display", "displays", "admin"].map(at));
const FILES: ReadonlySet<string> = new Set(SHELL.map(at));

worker.addEventListener("install", (event) => {
  const take = async () => {
    const cache = await caches.open(NAME);
    // Hashed files may come from the browser's own cache; pages must be the new ones.
    await cache.addAll(
      SHELL.map((path) =>
        path.startsWith("assets/") ? at(path) : new Request(at(path), { cache: "reload" }),
      ),
    );
    // Another gateway may have answered, which has another build: then this one is not taken, and tried again later.
    if (!(await isOfThisBuild(await cache.match(ROOT)))) {
      await caches.delete(NAME);
      throw new Error("The page is of another build than the worker.");
    }
    await worker.skipWaiting();
  };
  // Where the browser can, it then asks neither this worker nor waits for it to start.
  event.addRoutes?.([
    { condition: { urlPattern: { pathname: at("api/*") } }, source: "network" },
    { condition: { urlPattern: { pathname: at("assets/*") } }, source: { cacheName: NAME } },
  ]);
  event.waitUntil(take());
});

worker.addEventListener("activate", (event) => {
  const tidy = async () => {
    await forgetAll(NAME);
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && PAGES.has(url.pathname)) event.respondWith(page(event, url.pathname));
  else if (FILES.has(url.pathname) || url.pathname.startsWith(at("assets/"))) {
    event.respondWith(file(event, url.pathname));
  }
});

/** Kept under its path alone: a wall's address differs from screen to screen, its page does not. */
async function page(event: FetchEvent, path: string): Promise<Response> {
  const found = await kept(path);
  if (path === ROOT && found) return found;
  try {
    const fresh = await fetch(event.request);
    if (fresh.ok) event.waitUntil(keepPage(path, fresh.clone()));
    return fresh;
  } catch {
    return found ?? Response.error();
  }
}

async function file(event: FetchEvent, path: string): Promise<Response> {
  const found = await kept(path);
  if (found) return found;
  const fresh = await fetch(event.request);
  if (fresh.ok) event.waitUntil(keep(path, fresh.clone()));
  return fresh;
}

/** Undefined also where the cache cannot be read, as in a damaged profile. */
async function kept(path: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(NAME)).match(path);
  } catch {
    return undefined;
  }
}

/** A storage that is full or broken costs what would have been kept. */
async function keep(path: string, answer: Response): Promise<void> {
  try {
    await (await caches.open(NAME)).put(path, answer);
  } catch {
    // The page has its answer from the network already.
  }
}

async function keepPage(path: string, answer: Response): Promise<void> {
  if (await isOfThisBuild(answer.clone())) await keep(path, answer);
}

const isOfThisBuild = async (answer: Response | undefined): Promise<boolean> =>
  (await answer?.text())?.includes(`name="build" content="${BUILD}"`) === true;

/** Deletes every cache of ours but that one. What cannot be deleted stays: the browser clears it with the site's data. */
async function forgetAll(except?: string): Promise<void> {
  try {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== except) await caches.delete(name);
    }
  } catch {
    // A cache that cannot be opened is of no use to anyone.
  }
}

/** "Your pixels are back" brings the person back to the page. */
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const [open] = await worker.clients.matchAll({ type: "window" });
    await (open ? open.focus() : worker.clients.openWindow(ROOT));
  };
  event.waitUntil(show());
});
