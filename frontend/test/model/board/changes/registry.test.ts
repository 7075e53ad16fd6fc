import { expect, test } from "vitest";
import { Board } from "../../../../src/model/board/board";
import type { Change } from "../../../../src/model/board/changes/change";
import { isByOrganiser, parseLine } from "../../../../src/model/board/changes/registry";
import { fill, place, reset } from "../../../changes";
import { JOINED } from "../../../states";

const none: Change = { ...fill(3, 0, 0, 0, 0, 0), kind: kindOf("-,5") };

function kindOf(line: string) {
  const read = parseLine(line);
  if (!read) throw new Error(`${line} is no line.`);
  return read.kind;
}

function painted(change: Change): [number[], number] {
  const board = new Board();
  board.load(
    { epoch: "e", seq: 2 },
    { width: 3, height: 2, colors: JOINED.colors },
    new Uint8Array(6).fill(2),
  );
  change.kind.paint(board, change, change.seq);
  return [[...board.pixels], board.seq];
}

test("each kind paints what it says", () => {
  expect(painted(place(3, 1, 0, 1))).toEqual([[2, 1, 2, 2, 2, 2], 3]);
  expect(painted(fill(3, 1, 0, 2, 2, 1))).toEqual([[2, 1, 1, 2, 1, 1], 3]);
  expect(painted(reset(3, "f"))).toEqual([[0, 0, 0, 0, 0, 0], 3]);
  expect(painted(none)).toEqual([[2, 2, 2, 2, 2, 2], 2]);
});

test("a paste paints what it says and leaves the rest", () => {
  const line = parseLine("p,1,0,2,2,1;-;2*0,5");
  const change = { ...fill(3, 1, 0, 2, 2, 0), ...line } as Change;
  expect(painted(change)).toEqual([[2, 1, 2, 2, 0, 0], 3]);
  const at = [
    { x: 1, y: 0 },
    { x: 2, y: 0 },
    { x: 0, y: 0 },
  ];
  expect(at.map((pixel) => change.kind.erases(change, pixel))).toEqual([true, false, false]);
});

test("what lies beside the board paints nothing", () => {
  for (const [x, y] of [
    [2, 0],
    [-1, 0],
    [0, 1],
  ] as const)
    expect(painted(fill(3, x, y, 2, 2, 1))).toEqual([[2, 2, 2, 2, 2, 2], 2]);
});

test("each kind says what it leaves nothing of", () => {
  const corners = [
    { x: 0, y: 0 },
    { x: 2, y: 1 },
  ];
  const erases = (change: Change) => corners.map((at) => change.kind.erases(change, at));
  expect([place(3, 0, 0, 1), fill(3, 0, 0, 2, 1, 1), reset(3, "f"), none].map(erases)).toEqual([
    [false, false],
    [true, false],
    [true, true],
    [false, false],
  ]);
});

test("only placements are people's, whatever else there may be", () => {
  expect(["placement", "fill", "reset", "rewind", 7, undefined].map(isByOrganiser)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
});
