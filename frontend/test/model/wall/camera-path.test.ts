import { expect, test } from "vitest";
import type { Change } from "../../../src/model/board/changes/change";
import { pathAt, SLOT_MS, sightOn } from "../../../src/model/wall/camera-path";
import { wallSize } from "../../../src/model/wall/wall";
import { place as placeIn } from "../../changes";

const BOARD = { width: 64, height: 64 };
const WALL = { width: 640, height: 640, columns: 2, rows: 1, gapX: 0, gapY: 0 };

const cameraAt = (changes: readonly Change[], ms: number, board: typeof BOARD, wall: typeof WALL) =>
  sightOn(pathAt(changes, ms, board, wall), ms);

const place = (x: number, y: number, atMs: number): Change => placeIn(1, x, y, 1, atMs);

test("the camera shows the whole board while nothing happens", () => {
  const sight = cameraAt([], 5000, BOARD, WALL);
  expect(sight).toEqual({ x: -32, y: 0, width: 128, height: 64 });
});

test("the camera glides to where most is placed, and stays on the board", () => {
  const hot = Array.from({ length: 30 }, (_, index) => place(60, 2, SLOT_MS - 100 * index));
  const changes = [...hot, place(5, 60, SLOT_MS)];
  const before = cameraAt(changes, SLOT_MS, BOARD, WALL);
  const after = cameraAt(changes, 2 * SLOT_MS - 1, BOARD, WALL);
  expect(before.width).toBe(128);
  expect(after.width).toBeLessThan(64);
  expect([after.x + after.width, after.y]).toEqual([64, 0]);
  expect(after.width / after.height).toBeCloseTo(wallSize(WALL).width / wallSize(WALL).height);
});

test("the camera never jumps", () => {
  const changes = Array.from({ length: 200 }, (_, index) =>
    place((index * 37) % 64, (index * 11) % 64, index * 500),
  );
  let last = cameraAt(changes, 0, BOARD, WALL);
  for (let ms = 33; ms < 100_000; ms += 33) {
    const sight = cameraAt(changes, ms, BOARD, WALL);
    expect(Math.hypot(sight.x - last.x, sight.y - last.y, sight.width - last.width)).toBeLessThan(3);
    last = sight;
  }
});

test("two screens that heard of the same placements look the same way", () => {
  const changes = Array.from({ length: 50 }, (_, index) => place((index * 7) % 64, 30, 1000 + index * 100));
  const later = [...changes, place(1, 1, 14_000)];
  expect(cameraAt(later, 13_500, BOARD, WALL)).toEqual(cameraAt(changes, 13_500, BOARD, WALL));
});
