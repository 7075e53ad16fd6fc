/** All kinds of changes that this page knows; one that it does not know is read by its generic form. */
import type { LogLine } from "./change";
import { fill } from "./fill";
import { noPaint } from "./no-paint";
import { paste } from "./paste";
import { placement } from "./placement";
import { reset } from "./reset";
import { resize } from "./resize";

const KINDS = [placement, fill, paste, reset, resize, noPaint];
/** The forms of a kind that only a newer server knows: an area got one colour, or no pixel changed. */
const GENERIC = [fill, noPaint];
const MARK = /^[a-z-]$/;

/** Null when the line has no form that is known. */
export function parseLine(line: string): LogLine | null {
  const fields = line.split(",");
  const mark = MARK.test(fields[0] ?? "") ? fields.shift() : "";
  const known = KINDS.find((kind) => kind.mark === mark);
  if (known) return known.parse(fields);
  for (const kind of GENERIC) {
    const read = kind.parse(fields);
    if (read) return read;
  }
  return null;
}

/** Whether a change is an organiser's, by the name that the server's JSON gives its kind. */
export const isByOrganiser = (name: unknown): boolean =>
  KINDS.find((kind) => kind.name === name)?.byOrganiser ?? true;
