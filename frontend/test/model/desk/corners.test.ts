import { expect, test } from "vitest";
import { cornersOf, parseCorners, pixelCount } from "../../../src/model/desk/corners";

const BOARD = { width: 64, height: 32 };

test("an area is in order and inside, wherever the drag went", () => {
  expect(cornersOf({ x: 9.7, y: -3 }, { x: 2.2, y: 99 }, BOARD)).toEqual({ x1: 2, y1: 0, x2: 9, y2: 31 });
  expect(pixelCount({ x1: 2, y1: 0, x2: 9, y2: 31 })).toBe(256);
});

test("typed corners outside the board, or missing, are no area", () => {
  expect(parseCorners({ x1: 5, y1: 5, x2: 1, y2: 1 }, BOARD)).toEqual({ x1: 1, y1: 1, x2: 5, y2: 5 });
  expect(parseCorners({ x1: 0, y1: 0, x2: 64, y2: 1 }, BOARD)).toBeNull();
  expect(parseCorners({ x1: Number.NaN, y1: 0, x2: 1, y2: 1 }, BOARD)).toBeNull();
  expect(parseCorners({ x1: 0.5, y1: 0, x2: 1, y2: 1 }, BOARD)).toBeNull();
});
