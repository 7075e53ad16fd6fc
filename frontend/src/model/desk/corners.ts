/** A rectangle of pixels, corners included, as `POST /board/area` takes it. */
import type { Point, Size } from "../geometry";

export interface Corners {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const within = (value: number, size: number) => Math.min(size - 1, Math.max(0, Math.floor(value)));

/** From two points of the board, fractions included, wherever the drag began and ended. */
export function cornersOf(from: Point, to: Point, board: Size): Corners {
  return {
    x1: within(Math.min(from.x, to.x), board.width),
    y1: within(Math.min(from.y, to.y), board.height),
    x2: within(Math.max(from.x, to.x), board.width),
    y2: within(Math.max(from.y, to.y), board.height),
  };
}

/** In order and inside the board; null when a number is missing, broken or outside. */
export function parseCorners(typed: Corners, board: Size): Corners | null {
  const { x1, y1, x2, y2 } = typed;
  const inside =
    [x1, x2].every((x) => isWithin(x, board.width)) && [y1, y2].every((y) => isWithin(y, board.height));
  return inside ? cornersOf({ x: x1, y: y1 }, { x: x2, y: y2 }, board) : null;
}

const isWithin = (value: number, size: number) => Number.isInteger(value) && value >= 0 && value < size;

export const pixelCount = ({ x1, y1, x2, y2 }: Corners): number => (x2 - x1 + 1) * (y2 - y1 + 1);
