/** The pixels of an area got colours of their own: `p,x,y,width,height,runs,ms`. */
import { covers } from "../../geometry";
import { type ChangeKind, parseNumbers } from "./change";

// Runs go row by row, separated by `;`: `n*c` is n pixels of colour c, `n*-` n pixels that stay; `1*` is left out.
const STAYS = -1;
const RUN = /^(?:(\d{1,8})\*)?(-|\d{1,3})$/;

/** Null unless the runs are those of so many pixels. */
export function parseRuns(text: string, pixels: number): Int16Array | null {
  const colors = new Int16Array(pixels);
  let at = 0;
  for (const run of text.split(";")) {
    const [, count = "1", color] = RUN.exec(run) ?? [];
    if (color === undefined || at + Number(count) > pixels) return null;
    colors.fill(color === "-" ? STAYS : Number(color), at, at + Number(count));
    at += Number(count);
  }
  return at === pixels ? colors : null;
}

export const paste: ChangeKind = {
  name: "paste",
  mark: "p",
  byOrganiser: true,
  beginsEpoch: false,
  parse: (fields) => {
    const runs = fields[4];
    const numbers = parseNumbers([...fields.slice(0, 4), ...fields.slice(5)], 5);
    if (!numbers || runs === undefined) return null;
    const [x = 0, y = 0, width = 0, height = 0, ms = 0] = numbers;
    if (width < 1 || height < 1 || width > 4096 || height > 4096) return null;
    const colors = parseRuns(runs, width * height);
    return colors && { kind: paste, area: { x, y, width, height }, color: 0, colors, ms };
  },
  paint: (board, { area, colors }, seq) => colors && board.paste(area, colors, seq),
  erases: ({ area, colors }, at) =>
    covers(area, at) &&
    colors !== undefined &&
    (colors[(at.y - area.y) * area.width + at.x - area.x] ?? STAYS) !== STAYS,
};
