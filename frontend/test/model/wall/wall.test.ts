import { expect, test } from "vitest";
import {
  boardOnWall,
  captionScreen,
  cornerScreen,
  type Matrix,
  screenOnWall,
  shownPart,
  type Turn,
  turnedBack,
  turnedSize,
  type Wall,
  wallSize,
  wallToCanvas,
} from "../../../src/model/wall/wall";

const WALL: Wall = { width: 504, height: 380, columns: 3, rows: 2, gapX: 0, gapY: 0 };
const SQUARE = { width: 64, height: 64 };
const GAPPED: Wall = { ...WALL, gapX: 20, gapY: 30 };
const at = ([a, b, c, d, e, f]: Matrix, x: number, y: number) => [a * x + c * y + e, b * x + d * y + f];

test("the board is as large as fits, in whole steps, in the middle", () => {
  expect(boardOnWall(SQUARE, WALL)).toEqual({ scale: 11, width: 704, height: 704, x: 404, y: 28 });
});

test("a wide board on a high wall keeps its proportions", () => {
  const high = { ...WALL, width: 300, height: 900, columns: 1 };
  expect(boardOnWall({ width: 100, height: 10 }, high)).toEqual({
    scale: 3,
    width: 300,
    height: 30,
    x: 0,
    y: 885,
  });
});

test("a board larger than the wall is shrunk to fit", () => {
  const wall = { ...WALL, width: 1024, height: 512, columns: 2 };
  expect(boardOnWall({ width: 4096, height: 4096 }, wall)).toEqual({
    scale: 0.25,
    width: 1024,
    height: 1024,
    x: 512,
    y: 0,
  });
});

test("screens are counted from 1, row by row", () => {
  expect(screenOnWall(WALL, 1)).toEqual({ x: 0, y: 0, width: 504, height: 380 });
  expect(screenOnWall(WALL, 3)).toEqual({ x: 1008, y: 0, width: 504, height: 380 });
  expect(screenOnWall(WALL, 4)).toEqual({ x: 0, y: 380, width: 504, height: 380 });
});

test("what is on the wall once is on one of its screens", () => {
  expect((["tl", "tr", "bl", "br"] as const).map((corner) => cornerScreen(WALL, corner))).toEqual([
    1, 3, 4, 6,
  ]);
  expect(cornerScreen({ ...WALL, columns: 1, rows: 1 }, "br")).toBe(1);
  expect([captionScreen(WALL), captionScreen({ ...WALL, columns: 4, rows: 1 })]).toEqual([5, 2]);
});

test("what hangs behind the bezels belongs to the wall", () => {
  expect(wallSize(GAPPED)).toEqual({ width: 1552, height: 790 });
  expect(screenOnWall(GAPPED, 6)).toEqual({ x: 1048, y: 410, width: 504, height: 380 });
  expect(boardOnWall(SQUARE, GAPPED)).toMatchObject({ scale: 12, x: 392, y: 11 });
});

test("a part of the board is shown as far as there is one", () => {
  expect(shownPart(SQUARE, null)).toEqual({ x: 0, y: 0, width: 64, height: 64 });
  expect(shownPart(SQUARE, { x: 50, y: 10, width: 40, height: 20 })).toEqual({
    x: 50,
    y: 10,
    width: 14,
    height: 20,
  });
  expect(shownPart(SQUARE, { x: 64, y: 0, width: 4, height: 4 })).toBeNull();
});

test.each<[Turn, number[], number[]]>([
  [0, [0, 0], [300, 200]],
  // Turned clockwise, the machine's upper left corner wallScreen on the upper right.
  [90, [0, 300], [200, 0]],
  [180, [300, 200], [0, 0]],
  [270, [200, 0], [0, 300]],
])("a screen turned by %i degrees has its picture turned back", (turn, first, last) => {
  const matrix = turnedBack({ width: 300, height: 200 }, turn);
  expect([at(matrix, 0, 0), at(matrix, 300, 200)]).toEqual([first, last]);
  expect(turnedSize({ width: 300, height: 200 }, turn)).toEqual(
    turn % 180 ? { width: 200, height: 300 } : { width: 300, height: 200 },
  );
});

test.each<[Turn]>([[0], [90], [180], [270]])(
  "turned by %i, a screen's part of the wall fills its canvas",
  (turn) => {
    const canvas = turnedSize(GAPPED, turn);
    const part = screenOnWall(GAPPED, 5);
    const matrix = wallToCanvas(GAPPED, 5, turn, canvas);
    const corners = [at(matrix, part.x, part.y), at(matrix, part.x + part.width, part.y + part.height)];
    const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis] ?? -1).sort((a, b) => a - b));
    expect([xs, ys]).toEqual([
      [0, canvas.width],
      [0, canvas.height],
    ]);
  },
);

test("a window smaller than its screen shows the same part, smaller", () => {
  const matrix = wallToCanvas(WALL, 2, 0, { width: 252, height: 190 });
  expect(at(matrix, 504, 0)).toEqual([0, 0]);
  expect(at(matrix, 1008, 380)).toEqual([252, 190]);
});
