/**
 * How the replay of an archive folder is built: one classic script and one style sheet beside the page, since a page from a
 * disk may load neither modules nor anything that asks for CORS.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { icons } from "./vite.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const OLDEST: string[] = JSON.parse(readFileSync(here("./package.json"), "utf8")).browserslist;
const OUT = here("../beeplace/web/archive");

/** The page of the site, with the archive's script, and without what only a server has. */
const ofArchive: Plugin = {
  name: "of-archive",
  transformIndexHtml: {
    order: "pre",
    handler: (html) =>
      html
        .replace('src="/src/pages/replay.ts"', 'src="/src/pages/archive.ts"')
        .replace(/\s*<link rel="icon"[^>]*>/, "")
        .replace(/\s*<script async src="\/guard\.js"><\/script>/, ""),
  },
};

const classicScript: Plugin = {
  name: "classic-script",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
      file.source = String(file.source)
        .replace('<script type="module" crossorigin', "<script defer")
        .replace(' crossorigin href="', ' href="');
      if (/type="module"|crossorigin/.test(file.source))
        throw new Error("The page asks for what a disk lacks.");
    }
  },
};

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  plugins: [ofArchive, icons(), classicScript],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: OLDEST.map((engine) => engine.replace(" ", "")),
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: {
      input: { replay: here("./replay.html") },
      output: { format: "iife", entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
