/** The organiser's page's words. */

import de from "./admin/de.json";
import en from "./admin/en.json";
import fr from "./admin/fr.json";
import it from "./admin/it.json";
import { common } from "./common";
import type { Texts } from "./i18n";

export type AdminKey = keyof typeof en | keyof (typeof common)["en"];

export const admin: Texts<AdminKey> = {
  en: { ...common.en, ...en },
  de: { ...common.de, ...de },
  fr: { ...common.fr, ...fr },
  it: { ...common.it, ...it },
};
