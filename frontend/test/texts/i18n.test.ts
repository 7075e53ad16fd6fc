import { expect, test } from "vitest";
import { chooseLanguage, LANGUAGES, Translator } from "../../src/texts/i18n";

type Area = Record<string, string>;
const files = import.meta.glob<Area>("../../src/texts/*/*.json", { import: "default", eager: true });
const areas = [...new Set(Object.keys(files).map((path) => path.split("/")[4] ?? ""))];
const textsOf = (area: string, language: string) => files[`../../src/texts/${area}/${language}.json`] ?? {};
const partsOf = (text = "") => [...new Set(text.match(/\{\w+\}/g))].sort();

test.each(areas.flatMap((area) => LANGUAGES.map((language) => ({ area, language }))))(
  "$area in $language lacks no text, has none too many, and fills in the same parts",
  ({ area, language }) => {
    const [english, texts] = [textsOf(area, "en"), textsOf(area, language)];
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
      expect(partsOf(text), key).toEqual(partsOf(english[key]));
    }
  },
);

test("every key that the pages and modules name has its text", () => {
  const known = new Set(areas.flatMap((area) => Object.keys(textsOf(area, "en"))));
  const pages = import.meta.glob<string>(["../../*.html", "../../src/**/*.html"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  for (const [path, html] of Object.entries(pages)) {
    for (const [, key = ""] of html.matchAll(/data-(?:text|label)="([^"]+)"/g)) {
      expect(known.has(key), `${key} in ${path}`).toBe(true);
    }
  }
});

test.each([
  [["de-CH", "en"], "de"],
  [["pt-BR", "fr-FR"], "fr"],
  [["IT"], "it"],
  [["ja"], "en"],
  [[], "en"],
])("a browser that wants %j gets %s", (offered, language) => {
  expect(chooseLanguage(offered)).toBe(language);
});

test("a text has its parts filled in, and knows one from many", () => {
  const own = {
    greet: "{name}, {name} and {missing}",
    "left.one": "{count} pixel",
    "left.other": "{count} pixels",
  };
  const { say } = new Translator({ en: own, de: own, fr: own, it: own }, "en");
  expect(say("greet", { name: "<b>" })).toBe("<b>, <b> and {missing}");
  expect([say("left", { count: 1 }), say("left", { count: 0 })]).toEqual(["1 pixel", "0 pixels"]);
});
