/** The wire format of `beeplace/gateway/wire/protocol.py`, decoded; checked against `tests/wire/*.json` by vectors.ts. */

export type Pixel = readonly [x: number, y: number, color: number];

export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface Range {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

export interface InitialState extends Position {
  /** Absent where the reader asked not to decode it. */
  readonly board?: readonly number[];
  readonly canvasSize: number;
  readonly width: number;
  readonly height: number;
  readonly colors: readonly string[];
  readonly maxPixels: number;
  readonly remainingPixels: number;
  readonly refreshRate: number;
}

const DECIMAL = /^\d+$/;
const RANGE = /^([^:\s]+):(\d+):(\d+)$/;
const BOARD = '"board":[';

/** `x,y,color,x,y,color,...`; null when the text breaks the format. */
export function decodePixels(text: string): Pixel[] | null {
  if (text === "") return [];
  const fields = text.split(",");
  if (fields.length % 3 !== 0 || !fields.every((field) => DECIMAL.test(field))) return null;
  const pixels: Pixel[] = [];
  for (let index = 0; index < fields.length; index += 3) {
    pixels.push([Number(fields[index]), Number(fields[index + 1]), Number(fields[index + 2])]);
  }
  return pixels;
}

/** `epoch:from:to` for (from, to]; null when the text breaks the format. */
export function decodeRange(text: string): Range | null {
  const [, epoch = "", from, to] = RANGE.exec(text) ?? [];
  const range = { epoch, from: Number(from), to: Number(to) };
  return range.from <= range.to && Number.isSafeInteger(range.to) ? range : null;
}

/** What a client at a position does with a batch. */
export function decide(known: Position, range: Range): "apply" | "ignore" | "sync" {
  if (range.epoch !== known.epoch) return "sync";
  if (range.to <= known.seq) return "ignore";
  return range.from <= known.seq ? "apply" : "sync";
}

/** The answer to a `join` in the thesis's form; null when it is a refusal. */
export function decodeJoinAnswer(text: string): InitialState | null {
  const [answer] = JSON.parse(text) as [{ initialState?: InitialState }?];
  return answer?.initialState ?? null;
}

/**
 * The same text without the board. Thousands of users in one k6 would spend the machine's time on decoding 65,536
 * numbers that they have no use for, and that time is the server's.
 */
export function withoutBoard(text: string): string {
  const start = text.indexOf(BOARD);
  if (start < 0) return text;
  const end = text.indexOf("]", start);
  return `${text.slice(0, start)}"board":[${text.slice(end)}`;
}
