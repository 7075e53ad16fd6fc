/** The words of the page that composes walls, and of the addresses that it makes. */

import { common } from "./common";
import de from "./displays/de.json";
import en from "./displays/en.json";
import fr from "./displays/fr.json";
import it from "./displays/it.json";
import type { Texts } from "./i18n";

export const displays: Texts<keyof typeof en | keyof typeof common.en> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
