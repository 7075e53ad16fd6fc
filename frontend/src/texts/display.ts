/** The words of one screen of a wall. */
import type { Texts } from "../internal/i18n";
import { common } from "./common";
import de from "./display/de.json";
import en from "./display/en.json";
import fr from "./display/fr.json";
import it from "./display/it.json";

export const display: Texts<keyof typeof en | keyof typeof common.en> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
