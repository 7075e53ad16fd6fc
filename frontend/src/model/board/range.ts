/** The range of a batch, `epoch:from:to` for (from, to], and what a reader does with it; `tests/wire/range.json`. */

export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface Range {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

const RANGE = /^([^:\s]+):(\d{1,16}):(\d{1,16})$/;
const POSITION = /^([^:\s]+):(\d{1,16})$/;

export function decodeRange(text: string): Range | null {
  const match = RANGE.exec(text);
  if (!match) return null;
  const [, epoch = "", from, to] = match;
  const range = { epoch, from: Number(from), to: Number(to) };
  return range.from <= range.to && Number.isSafeInteger(range.to) ? range : null;
}

/** `epoch:seq`, as sent with `resetBoard`. */
export function decodePosition(text: string): Position | null {
  const match = POSITION.exec(text);
  if (!match) return null;
  const [, epoch = "", seq] = match;
  return Number.isSafeInteger(Number(seq)) ? { epoch, seq: Number(seq) } : null;
}

/** Never apply a range that does not touch what is known: a hole would stay on the screen unnoticed. */
export function decide(known: Position, range: Range): "apply" | "ignore" | "sync" {
  if (range.epoch !== known.epoch) return "sync";
  if (range.to <= known.seq) return "ignore";
  return range.from <= known.seq ? "apply" : "sync";
}
