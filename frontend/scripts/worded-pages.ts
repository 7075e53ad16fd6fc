/** Pages that need no script: the build writes one in each language, with its words in it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const LANGUAGES = ["en", "de", "fr", "it"];
const ESCAPED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? character);

function textsOf(page: string, language: string): Record<string, string> {
  const path = new URL(`../src/texts/${page}/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(fileURLToPath(path), "utf8"));
}

/** `data-text` says what an element reads, `data-label` what it is called; the link to this language is the current one. */
function worded(html: string, page: string, language: string): string {
  const texts = textsOf(page, language);
  const text = (key: string) => {
    const found = texts[key];
    if (found === undefined) throw new Error(`${page} has no text ${key}.`);
    return escaped(found);
  };
  return html
    .replace(/ data-text="([^"]+)"([^>]*)>[^<]*/g, (_, key, rest) => `${rest}>${text(key)}`)
    .replace(/ data-label="([^"]+)"/g, (_, key) => ` aria-label="${text(key)}"`)
    .replace(/ alt="[^"]*" data-alt="([^"]+)"/g, (_, key) => ` alt="${text(key)}"`)
    .replace(/ data-content="([^"]+)"/g, (_, key) => ` content="${text(key)}"`)
    .replace('<html lang="en"', `<html lang="${language}"`)
    .replace(`hreflang="${language}"`, `hreflang="${language}" aria-current="true"`);
}

/** `name.html` becomes `name.en.html` and so on; a gateway chooses for each visitor. */
export function wordedPages(names: readonly string[]): Plugin {
  return {
    name: "worded-pages",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler: (html, { server, path }) => {
        const name = path.slice(1, -".html".length);
        return server && names.includes(name) ? worded(html, name, "en") : html;
      },
    },
    generateBundle(_, bundle) {
      for (const name of names) {
        const page = bundle[`${name}.html`];
        if (page?.type !== "asset") throw new Error(`There is no page ${name}.`);
        delete bundle[`${name}.html`];
        for (const language of LANGUAGES) {
          const source = worded(String(page.source), name, language);
          this.emitFile({ type: "asset", fileName: `${name}.${language}.html`, source });
        }
      }
    },
  };
}
