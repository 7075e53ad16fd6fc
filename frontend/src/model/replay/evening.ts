/** The index of an evening's pieces: what there is, which colours held when, and what everybody could see organisers do. */
import { type Fields, fieldsIn, isCount, isFields } from "../fields";

const FORMAT = 1;

/** The entries with seqs in (after, to]; `atMs` and `untilMs` are when its ends were, and never step back. */
export interface PieceRef {
  readonly url: string;
  readonly after: number;
  readonly to: number;
  readonly atMs: number;
  readonly untilMs: number;
}

/** The board after the entry `seq`. */
export interface CheckpointRef {
  readonly url: string;
  readonly seq: number;
}

/** Numbering and colours that hold from the entry `from` on. */
export interface EpochRef {
  readonly name: string;
  readonly from: number;
  readonly width: number;
  readonly height: number;
  readonly colors: readonly string[];
}

/** Something that an organiser did. */
export interface ReplayMoment {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
}

export interface Evening {
  readonly seq: number;
  readonly pieces: readonly PieceRef[];
  readonly checkpoints: readonly CheckpointRef[];
  readonly epochs: readonly EpochRef[];
  readonly moments: readonly ReplayMoment[];
}

const moment = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0);

/** Null when it is no index, or one of another form. */
export function parseEvening(value: unknown): Evening | null {
  if (!isFields(value) || value.format !== FORMAT || !isCount(value.seq)) return null;
  const epochs = fieldsIn(value.epochs).map(({ name, from, width, height, colors }) => ({
    name: String(name),
    from: Number(from),
    width: Number(width),
    height: Number(height),
    colors: Array.isArray(colors) ? colors.map(String) : [],
  }));
  const pieces = parsePieces(fieldsIn(value.pieces));
  const whole = pieces.every((piece, index) => piece.after === (pieces[index - 1]?.to ?? 0));
  if (!whole || (pieces[pieces.length - 1]?.to ?? 0) !== value.seq || !epochs.every(isBoard)) return null;
  return {
    seq: value.seq,
    pieces,
    checkpoints: fieldsIn(value.checkpoints).map(({ url, seq }) => ({ url: String(url), seq: Number(seq) })),
    epochs,
    moments: fieldsIn(value.moments).map(({ seq, at, kind }) => ({
      seq: Number(seq),
      atMs: moment(at),
      kind: String(kind),
    })),
  };
}

function parsePieces(told: readonly Fields[]): PieceRef[] {
  let latest = Number.NEGATIVE_INFINITY;
  return told.map(({ url, after, to, at, until }) => {
    const atMs = Math.max(latest, moment(at));
    latest = Math.max(atMs, moment(until));
    return { url: String(url), after: Number(after), to: Number(to), atMs, untilMs: latest };
  });
}

const isBoard = ({ width, height, colors }: EpochRef): boolean =>
  isCount(width) &&
  isCount(height) &&
  width * height > 0 &&
  width * height <= 4096 * 4096 &&
  colors.length > 0;

/** The one that holds after the entry `seq`. */
export function epochAt(epochs: readonly EpochRef[], seq: number): EpochRef | undefined {
  let found = epochs[0];
  for (const epoch of epochs) if (epoch.from <= seq) found = epoch;
  return found;
}

/** How many of the items come before the first for which `later` holds; they are in order. */
export function countUntil<T>(items: ArrayLike<T>, later: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (later(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
