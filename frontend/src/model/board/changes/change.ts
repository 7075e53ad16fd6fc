/** What one entry of the log did to the board, and what every kind of change has to say of itself. */
import type { Area, Point, Size } from "../../geometry";
import type { Board } from "../board";

/** A board's size from a change on, and the part of the board that was there before it. */
export interface NewSize extends Size {
  readonly kept: Area;
}

export interface Change {
  readonly seq: number;
  /** The server's clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly epoch: string;
  readonly kind: ChangeKind;
  /** The pixels that are given `color`; none for a change that paints nothing, or everything. */
  readonly area: Area;
  readonly color: number;
  /** A colour for each pixel of the area row by row, -1 where it stays; absent where all get the same. */
  readonly colors?: Int16Array;
  /** Where the board gets another one. */
  readonly size?: NewSize;
}

/** One line of the log's text. */
export interface LogLine {
  readonly kind: ChangeKind;
  readonly area: Area;
  readonly color: number;
  readonly colors?: Int16Array;
  readonly size?: NewSize;
  /** After the change before, less than 0 where the clock was set back. */
  readonly ms: number;
  /** Where a new epoch begins. */
  readonly epoch?: string;
}

/** A kind is one file of this folder and its line in `registry.ts`; readers of the log ask it and branch on no kind. */
export interface ChangeKind {
  /** As the server's JSON calls it. */
  readonly name: string;
  /** What its lines in the log's text begin with; "" when that is a number. */
  readonly mark: string;
  /** An organiser's change has no age: no delay holds it back, and it is not replayed. */
  readonly byOrganiser: boolean;
  readonly beginsEpoch: boolean;
  /** Reads a line from its fields behind the mark; null when it is none of this kind. */
  parse(fields: readonly string[]): LogLine | null;
  /** The board reaches `seq` with it, if it is changed at all. */
  paint(board: Board, change: Change, seq: number): unknown;
  /** Whether it leaves nothing of what was placed at a pixel before. */
  erases(change: Change, at: Point): boolean;
}

export const NO_AREA: Area = { x: 0, y: 0, width: 0, height: 0 };

const NUMBER = /^-?\d{1,15}$/;

/** Null unless there are so many fields, and all of them numbers. */
export function parseNumbers(fields: readonly string[], count: number): readonly number[] | null {
  return fields.length === count && fields.every((field) => NUMBER.test(field)) ? fields.map(Number) : null;
}
