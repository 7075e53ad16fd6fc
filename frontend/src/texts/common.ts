/** The words that several pages share. A page's own area is joined to them with `{ ...common.en, ...en }` and so on. */

import de from "./common/de.json";
import en from "./common/en.json";
import fr from "./common/fr.json";
import it from "./common/it.json";
import type { Texts } from "./i18n";

export const common: Texts<keyof typeof en> = { en, de, fr, it };
