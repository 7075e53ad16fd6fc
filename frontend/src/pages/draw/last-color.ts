/** The colour a person chose last: a phone may throw the page away while it is in a pocket. */
import { kept } from "../../entrance/storage";
import type { Swatches } from "../../exit/swatches";

const last = kept(() => localStorage, "beeplace.color");

/** The index of that colour, where this palette has it; else the organiser's choice for who comes anew. */
export function colorToBeginWith({
  colors,
  initialColor,
}: {
  colors: readonly string[];
  initialColor: number;
}): number {
  const index = colors.indexOf(last.read() ?? "");
  return index < 0 ? initialColor : index;
}

export function rememberColor(palette: Swatches, board: { readonly colors: readonly string[] }): void {
  palette.group.addEventListener("change", () => last.write(board.colors[palette.value] ?? ""));
}
