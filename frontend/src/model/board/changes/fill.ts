/** An organiser gave an area one colour: `f,x,y,width,height,color,ms`. */
import { covers } from "../../geometry";
import { type ChangeKind, parseNumbers } from "./change";

export const fill: ChangeKind = {
  name: "fill",
  mark: "f",
  byOrganiser: true,
  beginsEpoch: false,
  parse: (fields) => {
    const numbers = parseNumbers(fields, 6);
    if (!numbers) return null;
    const [x = 0, y = 0, width = 0, height = 0, color = 0, ms = 0] = numbers;
    return { kind: fill, area: { x, y, width, height }, color, ms };
  },
  paint: (board, { area, color }, seq) => board.fill(area, color, seq),
  erases: ({ area }, at) => covers(area, at),
};
