/** The words of the sheet in which people report an area; loaded with it. */

import type { Texts } from "./i18n";
import de from "./report/de.json";
import en from "./report/en.json";
import fr from "./report/fr.json";
import it from "./report/it.json";

export type ReportKey = keyof typeof en;

export const report: Texts<ReportKey> = { en, de, fr, it };
