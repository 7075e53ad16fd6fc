/** The area that a person reports: what of the board is shown to mark it on, and how keys move it. */
import { type Area, clamp, type Point, type Size } from "../geometry";

/** Pixels of a side that are shown: less than a report may have, and enough to tap on a phone. */
const SHOWN = 96;
const FIRST = 16;

/** A square around a pixel, moved and cut so that it lies on the board. */
function around({ x, y }: Point, side: number, board: Size): Area {
  const [width, height] = [Math.min(side, board.width), Math.min(side, board.height)];
  const begin = (at: number, length: number, size: number) =>
    clamp(at - Math.floor(length / 2), 0, size - length);
  return { x: begin(x, width, board.width), y: begin(y, height, board.height), width, height };
}

/** What of the board is shown. */
export const shownAround = (pixel: Point, board: Size): Area => around(pixel, SHOWN, board);

/** What is marked before anybody does. */
export const firstArea = (pixel: Point, board: Size): Area => around(pixel, FIRST, board);

/** One step of a key: the area moves, or changes its size, and stays inside of what is shown. */
export function stepped(area: Area, step: Point, resize: boolean, shown: Area): Area {
  const [x, width] = moved(area.x, area.width, step.x, resize, shown.x, shown.width);
  const [y, height] = moved(area.y, area.height, step.y, resize, shown.y, shown.height);
  return { x, y, width, height };
}

function moved(
  at: number,
  length: number,
  step: number,
  resize: boolean,
  begin: number,
  size: number,
): [number, number] {
  if (resize) return [at, clamp(length + step, 1, begin + size - at)];
  return [clamp(at + step, begin, begin + size - length), length];
}
