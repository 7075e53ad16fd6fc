/** The words of coming in by a ticket; loaded where somebody has one. */

import type { Texts } from "./i18n";
import de from "./ticket/de.json";
import en from "./ticket/en.json";
import fr from "./ticket/fr.json";
import it from "./ticket/it.json";

export type TicketKey = keyof typeof en;

export const ticket: Texts<TicketKey> = { en, de, fr, it };
