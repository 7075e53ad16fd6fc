/** How the pages are built: entries into the Python package, icons set into the HTML at build time. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { wordedPages } from "./scripts/worded-pages.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const WORDED = ["privacy", "sheet"];
const PAGES = ["index", "display", "displays", "admin", "docs", "replay", ...WORDED];
const OLDEST: string[] = JSON.parse(readFileSync(here("./package.json"), "utf8")).browserslist;
const SERVER = "http://localhost:8000";
const PROXIED = ["/api", "/board", "/health", "/openapi.json"];

/** `<i data-icon="name"></i>` becomes the SVG of that name, in pages and in what modules bring: no request, no sprite. */
export function icons(): Plugin {
  const svg = (name: string) =>
    readFileSync(here(`./icons/${name}.svg`), "utf8")
      .replace(/<!--.*?-->\s*/s, "")
      .replace(/\s+/g, " ")
      .replace("<svg", '<svg aria-hidden="true" focusable="false"');
  const withIcons = (html: string) =>
    html.replace(/<i data-icon="([a-z0-9-]+)"><\/i>/g, (_, name) => svg(name));
  const FRAGMENT = ".html?fragment";
  return {
    name: "icons",
    enforce: "pre",
    transformIndexHtml: withIcons,
    // HTML that a module brings, without the spaces in which it is written.
    load: (id) => {
      if (!id.endsWith(FRAGMENT)) return null;
      const html = readFileSync(id.slice(0, -"?fragment".length), "utf8").replace(/>\n\s*</g, "><");
      return `export default ${JSON.stringify(withIcons(html))}`;
    },
  };
}

/** Writes into the service worker which files make the drawing page's shell, and into it and all pages which build they are. */
function shell(): Plugin {
  return {
    name: "shell",
    enforce: "post",
    generateBundle(_, bundle) {
      const pages = PAGES.map((name) => bundle[`${name}.html`]).filter((page) => page?.type === "asset");
      const worker = bundle["sw.js"];
      const [page] = pages;
      if (!page || worker?.type !== "chunk") throw new Error("There is no page, or no worker.");
      const files = [...String(page.source).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) =>
        String(path),
      );
      // Neither answers nor links to other pages.
      const named = files.filter((path) => !path.startsWith("api/") && path.includes("."));
      const later = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" && file.isEntry && named.includes(file.fileName) ? file.dynamicImports : [],
      );
      const shell = ["", ...named, ...later];
      const hash = createHash("sha256").update(worker.code);
      for (const { source } of pages) hash.update(source);
      const build = hash.digest("hex").slice(0, 12);
      worker.code = `const BUILD=${JSON.stringify(build)},SHELL=${JSON.stringify(shell)};${worker.code}`;
      for (const each of pages)
        each.source = String(each.source).replace(
          "<title>",
          `<meta name="build" content="${build}" />\n    <title>`,
        );
    },
  };
}

/** Nothing is painted before the words and the light that a person chose are known: so nothing jumps. */
function paintOnce(): Plugin {
  const pages = ["/index.html", "/displays.html", "/admin.html", "/replay.html"];
  return {
    name: "paint-once",
    enforce: "post",
    transformIndexHtml: (html, { path }) =>
      pages.includes(path)
        ? html.replace('<script type="module"', '<script type="module" blocking="render"')
        : html,
  };
}

/** Each phone reads the guard; its comments stay here. */
function guard(): Plugin {
  const comments = /^ *(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm;
  return {
    name: "guard",
    apply: "build",
    writeBundle: ({ dir }) => {
      const file = `${dir}/guard.js`;
      writeFileSync(file, readFileSync(file, "utf8").replace(comments, ""));
    },
  };
}

export default defineConfig({
  root: here("."),
  // The site may lie in a folder of its server: pages and files find each other from where they are.
  base: "./",
  plugins: [icons(), shell(), paintOnce(), guard(), wordedPages(WORDED)],
  build: {
    outDir: here("../beeplace/web"),
    emptyOutDir: true,
    // The oldest engines that are promised, docs/browsers.md; `npm run floor` checks what was built.
    target: OLDEST.map((engine) => engine.replace(" ", "")),
    // Everything is a file of this server: the content security policy knows no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        ...Object.fromEntries(PAGES.map((page) => [page, here(`./${page}.html`)])),
        sw: here("./src/worker/sw.ts"),
        "sw-end": here("./src/worker/end.ts"),
      },
      output: {
        // A worker's reach is the folder of its address, and its address never changes.
        entryFileNames: ({ name }) => (name.startsWith("sw") ? `${name}.js` : "assets/[name]-[hash].js"),
        // What pages share is one file: on a phone's network each request costs more than its bytes. What only the
        // walls' pages share is another, which no phone loads.
        codeSplitting: {
          groups: [
            {
              name: "shared",
              minShareCount: 2,
              priority: 1,
              test: /^(?!.*\/(model|view)\/wall\/).*\.(ts|m?js|json)$/,
            },
            { name: "wall", minShareCount: 2, test: /\/(model|view)\/wall\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      ...Object.fromEntries(PROXIED.map((path) => [path, SERVER])),
      "/socket.io": { target: SERVER, ws: true },
      "/desk/socket.io": { target: SERVER, ws: true },
    },
  },
});
