/** The words of coming in; loaded where somebody has to. */

import de from "./entry/de.json";
import en from "./entry/en.json";
import fr from "./entry/fr.json";
import it from "./entry/it.json";
import type { Texts } from "./i18n";

export type EntryKey = keyof typeof en;

export const entry: Texts<EntryKey> = { en, de, fr, it };
