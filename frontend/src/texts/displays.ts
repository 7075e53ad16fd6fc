/** The words of the page that composes walls, and of the addresses that it makes. */
import type { Texts } from "../internal/i18n";
import { common } from "./common";
import de from "./displays/de.json";
import en from "./displays/en.json";
import fr from "./displays/fr.json";
import it from "./displays/it.json";

export const displays: Texts<keyof typeof en | keyof typeof common.en> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
