import { expect, test } from "vitest";
import type { Change } from "../../../src/model/board/changes/change";
import { replayable, replayedCount, replayRun } from "../../../src/model/wall/replay";
import { fill, place as placeIn, reset } from "../../changes";

const place = (x: number, y: number, atMs: number): Change => placeIn(1, x, y, 1, atMs);

test("what was erased is not replayed, what came after it is", () => {
  const changes = [
    place(5, 5, 10),
    place(20, 20, 20),
    fill(1, 0, 0, 10, 10, 1),
    place(6, 6, 40),
    place(7, 7, 99),
  ];
  expect(replayable(changes, 50).map(({ area }) => area.x)).toEqual([20, 6]);
  expect(replayable([place(1, 1, 5), reset(1, "f"), place(2, 2, 6)], 50).map(({ area }) => area.x)).toEqual([
    2,
  ]);
});

test("the replay runs evenly through its time and rests at its end", () => {
  const changes = [0, 10, 20, 80, 90, 100].map((ms) => place(1, 1, ms));
  expect([0, 0.2, 0.5, 0.88, 1].map((part) => replayedCount(changes, part))).toEqual([1, 3, 3, 6, 6]);
  expect(replayedCount([], 0.5)).toBe(0);
});

test("a long scene replays again and again, on all screens at the same times", () => {
  const hour = { beganMs: 0, endsMs: 3_600_000 };
  expect(replayRun(hour, 30_000)).toEqual({ beganMs: 0, endsMs: 60_000 });
  expect(replayRun(hour, 3_599_999)).toEqual({ beganMs: 3_540_000, endsMs: 3_600_000 });
  const minute = { beganMs: 60_000, endsMs: 120_000 };
  expect(replayRun(minute, 119_999)).toEqual(minute);
  expect(replayRun({ beganMs: 0, endsMs: 20_000 }, 10_000)).toEqual({ beganMs: 0, endsMs: 20_000 });
});
