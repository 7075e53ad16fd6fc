import { expect, test } from "vitest";
import { DelayedBoard } from "../../../src/model/wall/delayed-board";
import { fill, place, reset } from "../../changes";
import { JOINED } from "../../states";

const SHAPE = { width: 3, height: 2, colors: JOINED.colors };

function delayed(): DelayedBoard {
  const board = new DelayedBoard(10_000);
  board.load({ epoch: "e", seq: 4 }, SHAPE, new Uint8Array(6));
  return board;
}

test("what the log already had before loading is as old as the server says", () => {
  const board = delayed();
  board.take([place(5, 0, 0, 1, 1000), place(6, 1, 0, 2, 9000)], 0, 12_000);
  board.advance(0);
  expect([...board.board.pixels]).toEqual([1, 0, 0, 0, 0, 0]);
  board.advance(6999);
  expect(board.board.pixels[1]).toBe(0);
  board.advance(7000);
  expect(board.board.pixels[1]).toBe(2);
});

test("a server whose clock jumps forward cannot make what just came look old", () => {
  const board = delayed();
  board.take([], 0, 1000);
  board.take([place(5, 0, 0, 1, 1200)], 500, 3_600_000);
  board.advance(9999);
  expect(board.board.pixels[0]).toBe(0);
  board.advance(10_000);
  expect(board.board.pixels[0]).toBe(1);
});

test("a pixel placed and erased within the delay is never shown, whatever was there before", () => {
  const board = delayed();
  board.take([fill(5, 0, 0, 3, 2, 2)], 0, 0);
  board.take([place(6, 1, 1, 1)], 1000, 1000);
  board.take([fill(7, 1, 1, 1, 1, 2)], 5000, 5000);
  for (let now = 0; now < 30_000; now += 500) {
    board.advance(now);
    expect(board.board.pixels[4]).toBe(2);
  }
});

test("in the end it equals the board, whatever overtook what", () => {
  const board = delayed();
  const log = [
    place(5, 0, 0, 1),
    place(6, 0, 0, 2),
    fill(7, 0, 0, 2, 2, 0),
    place(8, 1, 1, 1),
    place(9, 2, 0, 2),
  ];
  for (const [index, change] of log.entries()) board.take([change], index * 100, index * 100);
  board.advance(60_000);
  expect([...board.board.pixels]).toEqual([0, 0, 2, 0, 1, 0]);
  expect(board.board.seq).toBe(9);
});

test("a reset empties the picture at once and begins its epoch", () => {
  const board = delayed();
  board.take([fill(5, 0, 0, 3, 2, 1), reset(6, "f")], 0, 0);
  expect([...board.board.pixels]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([board.board.epoch, board.read]).toEqual(["f", { epoch: "f", seq: 6 }]);
});

test("what was read may be called otherwise by now", () => {
  const board = delayed();
  expect(board.take([{ ...place(5, 0, 0, 1), epoch: "e-2" }], 0, 0, "e-2")).toBe(true);
  expect(board.read).toEqual({ epoch: "e-2", seq: 5 });
});

test.each([
  ["a hole", [place(6, 0, 0, 1)]],
  ["another epoch", [{ ...place(5, 0, 0, 1), epoch: "x" }]],
])("%s in the log asks for a new beginning", (_, changes) => {
  expect(delayed().take(changes, 0, 0)).toBe(false);
});
