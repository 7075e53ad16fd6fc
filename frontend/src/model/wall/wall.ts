/** Where the board lies on a wall of screens, and which part of the wall one screen shows. All in screen pixels. */
import type { Area, Size } from "../geometry";

/** One screen's size as it hangs, how many there are beside and above each other, and the dark between them. */
export interface Wall {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** From the last dot of one screen to the first of the next: both their bezels. */
  readonly gapX: number;
  readonly gapY: number;
}

/** How far a screen itself is turned clockwise, in degrees; its picture is turned back. */
export type Turn = 0 | 90 | 180 | 270;

/** Two rows of a matrix, as canvases and CSS have it: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** All of it, the dark between the screens included: the picture goes on behind the bezels. */
export const wallSize = ({ width, height, columns, rows, gapX, gapY }: Wall): Size => ({
  width: width * columns + gapX * (columns - 1),
  height: height * rows + gapY * (rows - 1),
});

/** The part of the board that is shown: what was asked for, as far as it is on the board. Null when none of it is. */
export function shownPart(board: Size, crop: Area | null): Area | null {
  if (!crop) return { x: 0, y: 0, width: board.width, height: board.height };
  const width = Math.min(crop.width, board.width - crop.x);
  const height = Math.min(crop.height, board.height - crop.y);
  return width > 0 && height > 0 ? { x: crop.x, y: crop.y, width, height } : null;
}

/**
 * As large as fits, in its own proportions, in the middle. From 1 on the scale is a whole number, so that all pixels
 * are equally large; below it is what it must be, because otherwise the board would not fit.
 */
export function boardOnWall(shown: Size, wall: Wall): Area & { readonly scale: number } {
  const whole = wallSize(wall);
  const fit = Math.min(whole.width / shown.width, whole.height / shown.height);
  const scale = fit >= 1 ? Math.floor(fit) : fit;
  const [width, height] = [shown.width * scale, shown.height * scale];
  return {
    scale,
    width,
    height,
    x: Math.floor((whole.width - width) / 2),
    y: Math.floor((whole.height - height) / 2),
  };
}

/** `screen` counts from 1, row by row. */
export function screenOnWall(wall: Wall, screen: number): Area {
  const column = (screen - 1) % wall.columns;
  const row = Math.floor((screen - 1) / wall.columns);
  return {
    x: column * (wall.width + wall.gapX),
    y: row * (wall.height + wall.gapY),
    width: wall.width,
    height: wall.height,
  };
}

/** Which screen has that corner of the wall: what is there once for all is not there on every screen. */
export function cornerScreen({ columns, rows }: Wall, corner: "tl" | "tr" | "bl" | "br"): number {
  return (corner[0] === "b" ? (rows - 1) * columns : 0) + (corner[1] === "r" ? columns : 1);
}

/** The screen below in the middle, where one line of words for all of them is. */
export const captionScreen = ({ columns, rows }: Wall): number =>
  (rows - 1) * columns + Math.ceil(columns / 2);

/** The size of a window on a screen that hangs turned, and back. */
export const turnedSize = ({ width, height }: Size, turn: Turn): Size =>
  turn % 180 === 0 ? { width, height } : { width: height, height: width };

/** From what hangs upright, `size` large, to the dots of the turned screen. Whole numbers: nothing is blurred. */
export function turnedBack({ width, height }: Size, turn: Turn): Matrix {
  if (turn === 90) return [0, -1, 1, 0, 0, width];
  if (turn === 180) return [-1, 0, 0, -1, width, height];
  if (turn === 270) return [0, 1, -1, 0, height, 0];
  return [1, 0, 0, 1, 0, 0];
}

/** From the wall's pixels to a canvas's dots: as many where the window is as large as was said. */
export function wallToCanvas(wall: Wall, screen: number, turn: Turn, canvas: Size): Matrix {
  const part = screenOnWall(wall, screen);
  const own = turnedSize(part, turn);
  const [across, down] = [canvas.width / own.width, canvas.height / own.height];
  const [a, b, c, d, e, f] = turnedBack(part, turn);
  const x = e - a * part.x - c * part.y;
  const y = f - b * part.x - d * part.y;
  return [a * across, b * down, c * across, d * down, x * across, y * down];
}
