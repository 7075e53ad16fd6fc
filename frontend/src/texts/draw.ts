/** The drawing page's words. */

import { common } from "./common";
import de from "./draw/de.json";
import en from "./draw/en.json";
import fr from "./draw/fr.json";
import it from "./draw/it.json";
import type { Texts } from "./i18n";

export type DrawKey = keyof typeof en | keyof (typeof common)["en"];

export const draw: Texts<DrawKey> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
