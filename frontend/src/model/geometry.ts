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
