/** A piece of the log as columns, out of the bytes that `docs/history.md` describes; golden vectors: `tests/wire/pieces.json`. */
import type { Change, LogLine } from "../board/changes/change";
import { parseLine } from "../board/changes/registry";

const MAGIC = 0x31485042; // "BPH1", little-endian
const HEAD_BYTES = 32;
const PLANES = 5;

/** Consecutive entries, the first of which has the seq `first`; an entry in `others` is no placement. */
export interface Piece {
  readonly first: number;
  readonly count: number;
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  readonly colors: Uint8Array;
  /** When each was committed, never earlier than the one before: a clock that was set back stands still here. */
  readonly times: Float64Array;
  /** By their index in the piece, in order. */
  readonly others: ReadonlyMap<number, LogLine>;
}

/** Null when these are no such bytes. */
export function decodePiece(bytes: Uint8Array, notBefore = Number.NEGATIVE_INFINITY): Piece | null {
  if (bytes.length < HEAD_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(4, true);
  const [timeBytes, otherBytes] = [view.getUint32(24, true), view.getUint32(28, true)];
  const timesAt = HEAD_BYTES + PLANES * count;
  if (view.getUint32(0, true) !== MAGIC || bytes.length !== timesAt + timeBytes + otherBytes) return null;
  const plane = (number: number) =>
    bytes.subarray(HEAD_BYTES + number * count, HEAD_BYTES + (number + 1) * count);
  const times = decodeTimes(
    bytes.subarray(timesAt, timesAt + timeBytes),
    count,
    Number(view.getBigInt64(16, true)),
    notBefore,
  );
  const others = decodeOthers(new TextDecoder().decode(bytes.subarray(timesAt + timeBytes)), count);
  return (
    times &&
    others && {
      first: Number(view.getBigUint64(8, true)),
      count,
      xs: joined(plane(0), plane(1)),
      ys: joined(plane(2), plane(3)),
      colors: plane(4).slice(),
      times,
      others,
    }
  );
}

/** The same of changes that were read from the log's text. */
export function pieceOf(changes: readonly Change[], notBefore = Number.NEGATIVE_INFINITY): Piece {
  const others = new Map<number, LogLine>();
  changes.forEach(({ kind, area, color, colors, size, epoch }, index) => {
    const more = { ...(colors && { colors }), ...(size && { size }) };
    if (kind.byOrganiser) others.set(index, { kind, area, color, ...more, ms: 0, epoch });
  });
  let latest = notBefore;
  return {
    first: changes[0]?.seq ?? 1,
    count: changes.length,
    xs: Uint16Array.from(changes, ({ area }) => area.x),
    ys: Uint16Array.from(changes, ({ area }) => area.y),
    colors: Uint8Array.from(changes, ({ color }) => color),
    times: Float64Array.from(changes, ({ atMs }) => {
      latest = Math.max(latest, atMs);
      return latest;
    }),
    others,
  };
}

function joined(low: Uint8Array, high: Uint8Array): Uint16Array {
  const numbers = new Uint16Array(low.length);
  for (let index = 0; index < low.length; index++)
    numbers[index] = (low[index] ?? 0) + 256 * (high[index] ?? 0);
  return numbers;
}

/** Zigzag numbers in LEB128, each after the one before. Multiplied, not shifted: they have more than 32 bits. */
function decodeTimes(bytes: Uint8Array, count: number, atMs: number, notBefore: number): Float64Array | null {
  const times = new Float64Array(count);
  let [at, latest, place] = [atMs, notBefore, 0];
  for (let index = 0; index < count; index++) {
    let [value, factor, byte] = [0, 1, 128];
    while (byte >= 128) {
      if (place >= bytes.length) return null;
      byte = bytes[place++] ?? 0;
      value += (byte % 128) * factor;
      factor *= 128;
    }
    at += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    if (at > latest) latest = at;
    times[index] = latest;
  }
  return place === bytes.length ? times : null;
}

function decodeOthers(text: string, count: number): Map<number, LogLine> | null {
  const others = new Map<number, LogLine>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const comma = line.indexOf(",");
    const [index, read] = [Number(line.slice(0, comma)), parseLine(line.slice(comma + 1))];
    if (comma < 1 || !read || !(index < count)) return null;
    others.set(index, read);
  }
  return others;
}
