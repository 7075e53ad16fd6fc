/**
 * Fails when what was built uses something of the browser that the oldest engines of docs/browsers.md lack. es-check,
 * which runs before, knows the language and its built-in objects; this knows the web's interfaces and style sheets.
 */
import { readdirSync, readFileSync } from "node:fs";

const assets = new URL("../../beeplace/web/assets/", import.meta.url);
// What is younger than the floor, and must not be relied on. An optional one is asked for by `?.` or in a `try`.
/** @type {{ js: [RegExp, string][], css: [RegExp, string][] }} */
const YOUNGER = {
  js: [
    [/AbortSignal\.(timeout|any)\b/, "AbortSignal.timeout: Chrome 103, Safari 16"],
    [/\bstructuredClone\(/, "structuredClone: Chrome 98, Safari 15.4"],
    [/\.aria(Label|Pressed|Checked|Invalid|Hidden|Expanded|Live)\b/, "ARIA as properties: Firefox 119"],
    [/crypto\.randomUUID\b/, "crypto.randomUUID: Chrome 92, Safari 15.4"],
    [/\bHTMLDialogElement\b/, "HTMLDialogElement: Safari 15.4"],
    [/\bnew OffscreenCanvas\b/, "OffscreenCanvas: Firefox 105, Safari 16.4"],
    [/\.checkVisibility\(|\.showPopover\(|startViewTransition/, "Chrome 105 and later"],
  ],
  css: [
    [/\d(d|s|l)v[hw]\b/, "dynamic viewport units: Chrome 108, Safari 15.4"],
    [/\dcq(w|h|min|max|i|b)\b|container-type/, "container units: Chrome 105, Safari 16"],
    [/color-mix\(|oklch\(|light-dark\(/, "color functions: Chrome 111"],
    [/:has\(/, ":has(): Chrome 105, Safari 15.4, Firefox 121"],
    [/[;{](translate|rotate|scale):/, "single transforms: Chrome 104"],
    [/[;{]@layer|@container|@scope/, "Chrome 99 and later"],
    [/[;{]aspect-ratio:/, "aspect-ratio: Chrome 88"],
  ],
};

/** Readers of the interface's description bring a browser of these years. */
const OTHERS = /^docs-/;

const problems = readdirSync(assets)
  .filter((name) => !OTHERS.test(name))
  .flatMap((name) => {
    const text = readFileSync(new URL(name, assets), "utf8");
    const rules = name.endsWith(".css") ? YOUNGER.css : YOUNGER.js;
    return rules.filter(([used]) => used.test(text)).map(([, why]) => `${name}: ${why}`);
  });
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
