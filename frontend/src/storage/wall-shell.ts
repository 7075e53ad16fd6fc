/** Keeps a display's own page and files with the worker's, so that the screen comes up while the server is away. */

import { siteFolder } from "../model/site-path";
import { keepShell, workers } from "./shell";

export function keepWallShell(): void {
  keepShell();
  // The worker came after this page was loaded, so it has not seen the files go by.
  if (import.meta.env.PROD)
    void workers()
      ?.ready.then(keepFiles)
      .catch(() => undefined);
}

async function keepFiles(): Promise<void> {
  // As the worker calls its cache.
  const folder = siteFolder(location.pathname);
  const prefix = folder === "/" ? "beeplace-shell-" : `beeplace-shell:${folder}:`;
  const name = (await caches.keys()).find((known) => known.startsWith(prefix));
  if (!name || (await caches.match(location.pathname))) return;
  const linked = [
    ...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>("script[src], link[href]"),
  ];
  const files = linked.map((element) => ("src" in element ? element.src : element.href));
  const cache = await caches.open(name);
  await cache.addAll([location.pathname, ...files.filter((file) => file.startsWith(location.origin))]);
}
