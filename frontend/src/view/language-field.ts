/** A field in which a person chooses the language; the sheet of settings and the organiser's page have one. */
import { LANGUAGES, type Language } from "../texts/i18n";

/** In their own language, for whoever landed in the wrong one. */
const NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  it: "Italiano",
};

/** Adds the languages to a field that has its first option, "as the browser", already. */
export function fillLanguages(field: HTMLSelectElement): void {
  for (const language of LANGUAGES) {
    const option = new Option(NAMES[language], language);
    option.lang = language;
    field.append(option);
  }
}
