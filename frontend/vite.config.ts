/** How the pages are built: five entries into the Python package, icons set into the HTML at build time. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PAGES = ["index", "display", "displays", "admin", "docs"];
const SERVER = "http://localhost:8000";
const PROXIED = ["/api", "/board", "/health", "/openapi.json"];

/** `<i data-icon="name"></i>` becomes the SVG of that name: no request, no sprite, nothing at run time. */
function icons(): Plugin {
  const svg = (name: string) =>
    readFileSync(here(`./icons/${name}.svg`), "utf8")
      .replace(/<!--.*?-->\s*/s, "")
      .replace(/\s+/g, " ")
      .replace("<svg", '<svg aria-hidden="true" focusable="false"');
  return {
    name: "icons",
    transformIndexHtml: (html) => html.replace(/<i data-icon="([a-z0-9-]+)"><\/i>/g, (_, name) => svg(name)),
  };
}

export default defineConfig({
  root: here("."),
  plugins: [icons()],
  build: {
    outDir: here("../beeplace/web"),
    emptyOutDir: true,
    target: "es2022",
    // Everything is a file of this server: the content security policy knows no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The page of the API is as large as Swagger UI is; the drawing page has its own limit in scripts/size.mjs.
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: Object.fromEntries(PAGES.map((page) => [page, here(`./${page}.html`)])) },
  },
  server: {
    proxy: {
      ...Object.fromEntries(PROXIED.map((path) => [path, SERVER])),
      "/socket.io": { target: SERVER, ws: true },
    },
  },
});
