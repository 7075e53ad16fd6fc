/** The words that several pages share. A page's own area is joined to them with `{ ...common.en, ...en }` and so on. */
import type { Texts } from "../internal/i18n";
import de from "./common/de.json";
import en from "./common/en.json";
import fr from "./common/fr.json";
import it from "./common/it.json";

export const common: Texts<keyof typeof en> = { en, de, fr, it };
