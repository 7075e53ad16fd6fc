/** A person placed a pixel: `x,y,color,ms`. */
import { type ChangeKind, parseNumbers } from "./change";

export const placement: ChangeKind = {
  name: "placement",
  mark: "",
  byOrganiser: false,
  beginsEpoch: false,
  parse: (fields) => {
    const numbers = parseNumbers(fields, 4);
    if (!numbers) return null;
    const [x = 0, y = 0, color = 0, ms = 0] = numbers;
    return { kind: placement, area: { x, y, width: 1, height: 1 }, color, ms };
  },
  paint: (board, { area, color }, seq) => board.fill(area, color, seq),
  erases: () => false,
};
