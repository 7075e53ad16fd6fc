/** Keeps a display's own page and files with the worker's, so that the screen comes up while the server is away. */
import { keepShell } from "./shell";

const PREFIX = "beeplace-shell-";

export function keepWallShell(): void {
  keepShell();
  // The worker came after this page was loaded, so it has not seen the files go by.
  if (import.meta.env.PROD && "serviceWorker" in navigator)
    void navigator.serviceWorker.ready.then(keepFiles).catch(() => undefined);
}

async function keepFiles(): Promise<void> {
  const name = (await caches.keys()).find((known) => known.startsWith(PREFIX));
  if (!name || (await caches.match(location.pathname))) return;
  const linked = [
    ...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>("script[src], link[href]"),
  ];
  const files = linked.map((element) => ("src" in element ? element.src : element.href));
  const cache = await caches.open(name);
  await cache.addAll([location.pathname, ...files.filter((file) => file.startsWith(location.origin))]);
}
