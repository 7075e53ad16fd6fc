/** What a person chose for this phone: language, light, hand, signals. Read from a storage that may hold anything. */

import { chooseLanguage, isLanguage, type Language } from "../texts/i18n";
import { isFields, parseJson } from "./fields";

const THEMES = ["auto", "dark", "sunlight", "night"] as const;
const HANDS = ["right", "left"] as const;
const SWITCHES = ["vibration", "sound", "notify", "patterns", "grid"] as const;

export interface Preferences {
  readonly language: Language | "auto";
  readonly theme: (typeof THEMES)[number];
  readonly hand: (typeof HANDS)[number];
  readonly vibration: boolean;
  readonly sound: boolean;
  readonly notify: boolean;
  readonly patterns: boolean;
  readonly grid: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: "auto",
  theme: "auto",
  hand: "right",
  vibration: true,
  sound: false,
  notify: false,
  patterns: false,
  grid: true,
};

const CHOICES: Readonly<Record<string, (value: unknown) => boolean>> = {
  language: (value) => value === "auto" || isLanguage(value),
  theme: (value) => THEMES.some((theme) => theme === value),
  hand: (value) => HANDS.some((hand) => hand === value),
  ...Object.fromEntries(SWITCHES.map((name) => [name, (value: unknown) => typeof value === "boolean"])),
};

/** What fits is kept, the rest is as usual; `broken` when there was something that no version of ours wrote. */
export function parsePreferences(text: string | null): { preferences: Preferences; broken: boolean } {
  if (text === null) return { preferences: DEFAULT_PREFERENCES, broken: false };
  const value = parseJson(text);
  if (!isFields(value)) return { preferences: DEFAULT_PREFERENCES, broken: true };
  const given = new Set(Object.keys(value));
  const known = Object.entries(CHOICES).filter(([name]) => given.has(name));
  const fitting = known.filter(([name, fits]) => fits(value[name]));
  const broken = fitting.length < known.length;
  const preferences = {
    ...DEFAULT_PREFERENCES,
    ...Object.fromEntries(fitting.map(([name]) => [name, value[name]])),
  };
  return { preferences: preferences as Preferences, broken };
}

export const languageOf = ({ language }: Preferences, offered: readonly string[]): Language =>
  language === "auto" ? chooseLanguage(offered) : language;

/** The locale that the browser offers for a language, "en-GB" say: 12:22, where "en" alone would be 12:22 PM. */
export const localeOf = (language: string, offered: readonly string[]): string =>
  offered.find((locale) => locale.split("-")[0] === language) ?? language;
