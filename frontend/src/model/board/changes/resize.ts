/** An organiser gave the board another size, and a new epoch began: `s,oldwidth,oldheight,width,height,runs,ms,epoch`.
 * `runs` are, as a paste has them, the colours of the smallest rectangle that holds what is new; none: all are 0. */
import { type Area, covers, type Size } from "../../geometry";
import { type ChangeKind, NO_AREA, parseNumbers } from "./change";
import { parseRuns } from "./paste";

const LARGEST_SIDE = 4096;

export const resize: ChangeKind = {
  name: "size",
  mark: "s",
  byOrganiser: true,
  beginsEpoch: true,
  parse: (fields) => {
    const [runs = "", epoch] = [fields[4], fields[6]];
    const numbers = parseNumbers([...fields.slice(0, 4), ...fields.slice(5, 6)], 5);
    if (!numbers || !epoch || fields.length !== 7) return null;
    const [oldWidth = 0, oldHeight = 0, width = 0, height = 0, ms = 0] = numbers;
    const sides = [oldWidth, oldHeight, width, height];
    if (sides.some((side) => side < 1 || side > LARGEST_SIDE)) return null;
    const area = added({ width: oldWidth, height: oldHeight }, { width, height });
    const colors = runs === "" ? undefined : parseRuns(runs, area.width * area.height);
    if (colors === null) return null;
    const kept = { x: 0, y: 0, width: Math.min(oldWidth, width), height: Math.min(oldHeight, height) };
    const size = { width, height, kept };
    return { kind: resize, area, color: 0, ms, epoch, size, ...(colors && { colors }) };
  },
  paint: (board, { area, colors, size, epoch, seq: ownSeq }, seq) => {
    if (size) board.resize(size, { epoch, seq: Math.max(ownSeq, seq) });
    if (colors) board.paste(area, colors, seq);
  },
  erases: ({ size }, at) => size !== undefined && !covers(size.kept, at),
};

/** The smallest rectangle that holds what the second size has beyond the first. */
function added(old: Size, { width, height }: Size): Area {
  const [right, below] = [width > old.width, height > old.height];
  if (right && below) return { x: 0, y: 0, width, height };
  if (right) return { x: old.width, y: 0, width: width - old.width, height };
  return below ? { x: 0, y: old.height, width, height: height - old.height } : NO_AREA;
}
