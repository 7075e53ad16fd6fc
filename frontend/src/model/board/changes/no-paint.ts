/** An organiser did something that changes no pixel: `-,ms`. */
import { type ChangeKind, NO_AREA, parseNumbers } from "./change";

export const noPaint: ChangeKind = {
  name: "none",
  mark: "-",
  byOrganiser: true,
  beginsEpoch: false,
  parse: (fields) => {
    const [ms] = parseNumbers(fields, 1) ?? [];
    return ms === undefined ? null : { kind: noPaint, area: NO_AREA, color: 0, ms };
  },
  paint: () => {},
  erases: () => false,
};
