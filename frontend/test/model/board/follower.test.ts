import { beforeEach, expect, test } from "vitest";
import { Board } from "../../../src/model/board/board";
import { Follower } from "../../../src/model/board/follower";
import { type InitialState, parseInitialState } from "../../../src/model/board/initial-state";
import { JOINED } from "../../states";

let board: Board;
let follower: Follower;

function state(changes: object = {}): InitialState {
  const parsed = parseInitialState({ ...JOINED, ...changes });
  if (!parsed) throw new Error("The test's state is broken.");
  return parsed;
}

beforeEach(() => {
  board = new Board();
  follower = new Follower(board);
});

test("before the first snapshot there is nothing to resume from and batches are let pass", () => {
  expect(follower.position).toBeNull();
  expect(follower.batch("0,0,1", "e:5:6")).toBe("ignored");
});

test("a snapshot, then the batch that touches it", () => {
  expect(follower.state(state())).toBe(true);
  board.takeDirty();
  expect(follower.batch("0,0,2,2,1,0", "e:5:7")).toBe("applied");
  expect([...board.pixels]).toEqual([2, 1, 2, 0, 0, 0]);
  expect(follower.position).toEqual({ epoch: "e", seq: 7 });
  expect(board.takeDirty()).toEqual([0, 5]);
});

test.each([
  ["what is known already", "0,0,2", "e:3:5", "ignored"],
  ["a hole", "0,0,2", "e:6:7", "sync"],
  ["another epoch", "0,0,2", "f:5:6", "sync"],
  ["a broken text", "0,0", "e:5:6", "sync"],
  ["a broken range", "0,0,2", "", "sync"],
  ["a pixel outside the board", "0,0,2,3,0,1", "e:5:6", "sync"],
])("%s changes nothing", (_, text, range, verdict) => {
  follower.state(state());
  expect(follower.batch(text, range)).toBe(verdict);
  expect([...board.pixels]).toEqual([0, 1, 2, 0, 0, 1]);
  expect(board.seq).toBe(5);
});

test("while an answer is on its way batches are held off, after it they count again", () => {
  follower.state(state());
  follower.hold();
  expect(follower.batch("0,0,2", "e:5:6")).toBe("ignored");
  const delta = { epoch: "e", from: 5, to: 8, pixels: Uint16Array.of(0, 0, 2) };
  expect(follower.delta(delta)).toBe(true);
  expect(follower.batch("1,0,0", "e:8:9")).toBe("applied");
  expect([...board.pixels]).toEqual([2, 0, 2, 0, 0, 1]);
});

test("an answer that reaches the board counts under another name of its epoch, and none from elsewhere", () => {
  follower.state(state());
  const delta = { epoch: "e-2", from: 6, to: 8, pixels: Uint16Array.of(0, 0, 2) };
  expect(follower.answer(delta)).toBe(false);
  expect(follower.answer({ ...delta, from: 3, to: 4 })).toBe(false);
  expect(follower.answer({ ...delta, from: 4 })).toBe(true);
  expect(follower.position).toEqual({ epoch: "e-2", seq: 8 });
  expect(follower.batch("1,0,0", "e-2:8:9")).toBe("applied");
  expect(follower.answer({ ...delta, epoch: "e-3", from: 9, to: 9, pixels: new Uint16Array() })).toBe(true);
  expect(follower.position).toEqual({ epoch: "e-3", seq: 9 });
});

test("a delta that does not touch the board is refused", () => {
  follower.state(state());
  expect(follower.delta({ epoch: "f", from: 5, to: 8, pixels: new Uint16Array(0) })).toBe(false);
  expect(follower.delta({ epoch: "e", from: 6, to: 8, pixels: new Uint16Array(0) })).toBe(false);
});

test("joining again with a delta goes on where the board stood", () => {
  follower.state(state());
  const again = state({ seq: 6, delta: { from: 5, to: 6, pixels: "2,1,0" } });
  expect(follower.state(again)).toBe(true);
  expect(follower.position).toEqual({ epoch: "e", seq: 6 });
  expect(board.colorAt(2, 1)).toBe(0);
});

test("a reset empties the board and begins another epoch", () => {
  follower.state(state());
  follower.reset({ epoch: "f", seq: 0 });
  expect([...board.pixels]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(follower.batch("0,0,2", "e:5:6")).toBe("sync");
  expect(follower.batch("0,0,2", "f:0:1")).toBe("applied");
});

test("what was forgotten is not resumed from", () => {
  follower.state(state());
  follower.forget();
  expect(follower.position).toBeNull();
  expect(follower.state(state({ epoch: "g", seq: 1 }))).toBe(true);
});

test("any order of batches, some lost, ends equal to the gateway once every doubt is synced", () => {
  follower.state(state({ epoch: "e", seq: 0 }));
  const truth = [...board.pixels];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  for (let seq = 1; seq <= 500; seq++) {
    const [x, y, color] = [random(3), random(2), random(3)];
    truth[y * 3 + x] = color;
    if (random(10) === 0 && seq < 500) continue;
    if (follower.batch(`${x},${y},${color}`, `e:${seq - 1}:${seq}`) !== "sync") continue;
    follower.hold();
    const pixels = Uint16Array.from(
      truth.flatMap((value, offset) => [offset % 3, Math.floor(offset / 3), value]),
    );
    follower.delta({ epoch: "e", from: board.seq, to: seq, pixels });
  }
  expect(board.seq).toBe(500);
  expect([...board.pixels]).toEqual(truth);
});
