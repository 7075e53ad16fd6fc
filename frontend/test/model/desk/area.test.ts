import { describe, expect, test } from "vitest";
import { dragged, GRIPS, gripAt, gripPoint, parseArea } from "../../../src/model/desk/area";
import { areaOf } from "../../../src/model/geometry";

const BOARD = { width: 64, height: 32 };
const AREA = { x: 10, y: 8, width: 20, height: 10 };
const MOVE = { x: 0, y: 0 } as const;

describe("a new area", () => {
  test("holds both ends of the drag, in whichever direction it went", () => {
    const area = { x: 2, y: 3, width: 4, height: 5 };
    expect(areaOf({ x: 2.9, y: 3.1 }, { x: 5.2, y: 7.8 }, BOARD)).toEqual(area);
    expect(areaOf({ x: 5.2, y: 7.8 }, { x: 2.9, y: 3.1 }, BOARD)).toEqual(area);
  });

  test("stays on the board wherever the finger goes", () => {
    expect(areaOf({ x: -50, y: 40 }, { x: 900, y: -3 }, BOARD)).toEqual({
      x: 0,
      y: 0,
      width: 64,
      height: 32,
    });
    expect(areaOf({ x: 70, y: 70 }, { x: 80, y: 90 }, BOARD)).toEqual({ x: 63, y: 31, width: 1, height: 1 });
  });
});

describe("a handle", () => {
  test("is found where it lies, and not farther than a finger reaches", () => {
    for (const grip of GRIPS) expect(gripAt(AREA, gripPoint(AREA, grip), 1)).toEqual(grip);
    expect(gripAt(AREA, { x: 10, y: 4 }, 3)).toBeNull();
  });

  test("of one pixel is a corner, so that it can be made larger", () => {
    expect(gripAt({ x: 5, y: 5, width: 1, height: 1 }, { x: 6.2, y: 6.2 }, 3)).toEqual({ x: 1, y: 1 });
  });

  test("moves its edges alone", () => {
    expect(dragged(AREA, { x: 1, y: 1 }, { x: 30, y: 18 }, { x: 33.4, y: 16.4 }, BOARD)).toEqual({
      ...AREA,
      width: 23,
      height: 8,
    });
    expect(dragged(AREA, { x: -1, y: 0 }, { x: 10, y: 9 }, { x: 7, y: 30 }, BOARD)).toEqual({
      ...AREA,
      x: 7,
      width: 23,
    });
  });

  test("that passes the other edge turns the area round", () => {
    expect(dragged(AREA, { x: -1, y: 0 }, { x: 10, y: 9 }, { x: 34, y: 9 }, BOARD)).toEqual({
      ...AREA,
      x: 30,
      width: 4,
    });
  });

  test("never makes an area of no pixel", () => {
    expect(dragged(AREA, { x: 1, y: 0 }, { x: 30, y: 9 }, { x: 10, y: 9 }, BOARD).width).toBe(1);
    expect(dragged({ ...AREA, x: 44 }, { x: -1, y: 0 }, { x: 44, y: 9 }, { x: 64, y: 9 }, BOARD)).toEqual({
      ...AREA,
      x: 63,
      width: 1,
    });
  });

  test("in the middle moves the whole, up to the board's edges", () => {
    expect(dragged(AREA, MOVE, { x: 0, y: 0 }, { x: 5, y: -3 }, BOARD)).toEqual({ ...AREA, x: 15, y: 5 });
    expect(dragged(AREA, MOVE, { x: 0, y: 0 }, { x: 500, y: -300 }, BOARD)).toEqual({ ...AREA, x: 44, y: 0 });
  });
});

test("typed numbers are an area only where all of it lies on the board", () => {
  expect(parseArea(AREA, BOARD)).toEqual(AREA);
  for (const wrong of [
    { x: -1 },
    { y: 1.5 },
    { width: 0 },
    { height: Number.NaN },
    { x: 45 },
    { height: 25 },
  ])
    expect(parseArea({ ...AREA, ...wrong }, BOARD)).toBeNull();
});
