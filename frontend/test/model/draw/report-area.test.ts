import { expect, test } from "vitest";
import { firstArea, shownAround, stepped } from "../../../src/model/draw/report-area";

const board = { width: 200, height: 64 };

test("what is shown, and what is marked at first, lies around the pixel and on the board", () => {
  expect(shownAround({ x: 100, y: 30 }, board)).toEqual({ x: 52, y: 0, width: 96, height: 64 });
  expect(shownAround({ x: 199, y: 63 }, board)).toEqual({ x: 104, y: 0, width: 96, height: 64 });
  expect(firstArea({ x: 100, y: 30 }, board)).toEqual({ x: 92, y: 22, width: 16, height: 16 });
  expect(firstArea({ x: 0, y: 63 }, board)).toEqual({ x: 0, y: 48, width: 16, height: 16 });
  expect(firstArea({ x: 0, y: 0 }, { width: 8, height: 9 })).toEqual({ x: 0, y: 0, width: 8, height: 9 });
});

test("keys move the area and change its size, and never leave what is shown", () => {
  const shown = { x: 10, y: 10, width: 20, height: 20 };
  const area = { x: 10, y: 28, width: 4, height: 2 };
  expect(stepped(area, { x: -1, y: 1 }, false, shown)).toEqual(area);
  expect(stepped(area, { x: 1, y: -1 }, false, shown)).toEqual({ ...area, x: 11, y: 27 });
  expect(stepped(area, { x: 1, y: 1 }, true, shown)).toEqual({ ...area, width: 5 });
  expect(stepped({ ...area, width: 1 }, { x: -1, y: -1 }, true, shown)).toEqual({
    ...area,
    width: 1,
    height: 1,
  });
});
