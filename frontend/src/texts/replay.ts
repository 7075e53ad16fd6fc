/** The words of the page that plays the evening. */

import { common } from "./common";
import type { Texts } from "./i18n";
import de from "./replay/de.json";
import en from "./replay/en.json";
import fr from "./replay/fr.json";
import it from "./replay/it.json";

export type ReplayKey = keyof typeof en | keyof typeof common.en;

export const replay: Texts<ReplayKey> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
