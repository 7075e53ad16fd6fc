/** The words of one screen of a wall. */

import { common } from "./common";
import de from "./display/de.json";
import en from "./display/en.json";
import fr from "./display/fr.json";
import it from "./display/it.json";
import type { Texts } from "./i18n";

export const display: Texts<keyof typeof en | keyof typeof common.en> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
