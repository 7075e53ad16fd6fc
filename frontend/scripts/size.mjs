/** Fails when what the drawing page loads in all, page, scripts and style sheets, is more than a phone on bad Wi-Fi should wait for. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 60_000;
const web = new URL("../../beeplace/web/", import.meta.url);
const html = readFileSync(new URL("index.html", web), "utf8");
const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map((match) => String(match[1]));
const files = new Set(["index.html", ...named]);
const kinds = new Set([...files].map((file) => file.split(".").pop()));

let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, web))).length;
  total += size;
  process.stdout.write(`${String(size).padStart(7)}  ${file}\n`);
}
process.stdout.write(`${String(total).padStart(7)}  bytes gzipped, ${LIMIT_BYTES} allowed\n`);
if (kinds.size !== 3 || total > LIMIT_BYTES) process.exit(1);
