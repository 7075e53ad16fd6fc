/** Fails when the drawing page loads more JavaScript than a phone on bad Wi-Fi should wait for. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 80_000;
const web = new URL("../../beeplace/web/", import.meta.url);
const html = readFileSync(new URL("index.html", web), "utf8");
const files = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]));

let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(String(file), web))).length;
  total += size;
  process.stdout.write(`${String(size).padStart(7)}  ${file}\n`);
}
process.stdout.write(`${String(total).padStart(7)}  bytes of gzipped JavaScript, ${LIMIT_BYTES} allowed\n`);
if (files.size === 0 || total > LIMIT_BYTES) process.exit(1);
