/** An organiser emptied the board, and a new epoch began: `r,ms,epoch`. */
import { type ChangeKind, NO_AREA, parseNumbers } from "./change";

export const reset: ChangeKind = {
  name: "reset",
  mark: "r",
  byOrganiser: true,
  beginsEpoch: true,
  parse: ([ms = "", epoch, ...more]) => {
    const [number] = parseNumbers([ms], 1) ?? [];
    if (number === undefined || !epoch || more.length > 0) return null;
    return { kind: reset, area: NO_AREA, color: 0, ms: number, epoch };
  },
  paint: (board, { epoch, seq }) => board.empty({ epoch, seq }),
  erases: () => true,
};
