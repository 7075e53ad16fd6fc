/** Points, sizes and rectangles, of the board and of screens; the unit is said where one is used. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of pixels from its upper left one. */
export interface Area extends Point, Size {}

/** A rectangle in the browser's terms, as `DOMRect` has it. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Whether the upper left pixel of the second area lies in the first. */
export const covers = (area: Area, { x, y }: Point): boolean =>
  x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** The nearest whole step of a side, from 0 on. */
export const within = (value: number, size: number): number => clamp(Math.floor(value), 0, size - 1);

/** From two points of the board, fractions included, wherever the drag began and ended. */
export function areaOf(from: Point, to: Point, board: Size): Area {
  const [x1, x2] = span(from.x, to.x, board.width);
  const [y1, y2] = span(from.y, to.y, board.height);
  return { x: x1, y: y1, width: x2 - x1 + 1, height: y2 - y1 + 1 };
}

function span(from: number, to: number, size: number): [number, number] {
  return [within(Math.min(from, to), size), within(Math.max(from, to), size)];
}
