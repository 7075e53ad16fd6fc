/** Served in the service worker's place where OFFLINE_SHELL is off: takes away what the workers before have kept, and goes. */

const worker = self as unknown as ServiceWorkerGlobalScope;
const ROOT = new URL("./", worker.location.href).pathname;
const PREFIX = ROOT === "/" ? "beeplace-shell-" : `beeplace-shell:${ROOT}:`;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener("activate", (event) => {
  const end = async () => {
    await worker.registration.unregister();
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
  };
  event.waitUntil(end());
});

// A file without an import or export would share its names with the other worker's.
export {};
