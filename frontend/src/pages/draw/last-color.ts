/** The colour a person chose last: a phone may throw the page away while it is in a pocket. */
import { browserStore } from "../../storage/browser-store";
import type { Swatches } from "../../view/swatches";

const last = browserStore(() => localStorage, "beeplace.color");

interface Palette {
  readonly colors: readonly string[];
  readonly initialColor: number;
}

/** Keeps what is chosen from now on. The index to begin with: of the colour kept, else the organiser's choice. */
export function keepColor({ group }: Swatches, { colors, initialColor }: Palette): number {
  group.onchange = ({ target }) => last.write(colors[Number((target as HTMLInputElement).value)] ?? "");
  const index = colors.indexOf(last.read() ?? "");
  return index < 0 ? initialColor : index;
}
