/** Texts in four languages: which language a person gets, and a text with its parts filled in. Pages make one `Translator`. */

export const LANGUAGES = ["en", "de", "fr", "it"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The texts of one area, a file for each language in `src/texts/<area>/`. */
export type Texts<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;
export type Parts = Readonly<Record<string, string | number>>;
/** What modules that show words are given: a key of their page's texts, and what stands in its {braces}. */
export type Say<Key extends string = string> = (key: Key, parts?: Parts) => string;

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((known) => known === value);

/** The first of the browser's languages that we speak, whatever the region: `de-CH` is German. */
export function chooseLanguage(offered: readonly string[]): Language {
  for (const tag of offered) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLanguage(language)) return language;
  }
  return "en";
}

/** `{name}` becomes what `parts` has for it. */
const fill = (text: string, parts: Parts): string =>
  text.replace(/\{(\w+)\}/g, (braces, name: string) => String(parts[name] ?? braces));

export class Translator<Key extends string> {
  constructor(
    readonly texts: Texts<Key>,
    public language: Language,
  ) {}

  /** A text with {count} in it has two keys, `key.one` and `key.other`; it is asked for as `key`. */
  readonly say = (key: Key | PluralOf<Key>, parts: Parts = {}): string => {
    const texts: Readonly<Record<string, string>> = this.texts[this.language];
    // French counts none as one; large numbers have forms of their own that read like the others.
    const form = new Intl.PluralRules(this.language).select(Number(parts.count));
    const plural = `${key}.${form === "one" ? "one" : "other"}`;
    return fill(texts[key] ?? texts[plural] ?? key, parts);
  };
}

export type PluralOf<Key extends string> = Key extends `${infer Stem}.other` ? Stem : never;
