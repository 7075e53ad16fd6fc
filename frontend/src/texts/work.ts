/** The words of coming in by work; loaded where somebody has to. */

import type { Texts } from "./i18n";
import de from "./work/de.json";
import en from "./work/en.json";
import fr from "./work/fr.json";
import it from "./work/it.json";

export type WorkKey = keyof typeof en;

export const work: Texts<WorkKey> = { en, de, fr, it };
