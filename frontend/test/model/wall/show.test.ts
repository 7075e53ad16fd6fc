import { expect, test } from "vitest";
import type { Change } from "../../../src/model/board/changes/change";
import { wavedPixels } from "../../../src/model/wall/attract";
import { pathAt, SLOT_MS, sightOn } from "../../../src/model/wall/camera-path";
import { shouldReload } from "../../../src/model/wall/reload";
import { replayable, replayedCount } from "../../../src/model/wall/replay";
import { joinShown, sceneAt, slideAt } from "../../../src/model/wall/rotation";
import { Latencies, ServerClock } from "../../../src/model/wall/server-clock";
import type { SceneTime } from "../../../src/model/wall/setup";
import { wallSize } from "../../../src/model/wall/wall";
import { fill, place as placeIn, reset } from "../../changes";

const ROTATION: SceneTime[] = [
  { scene: "canvas", seconds: 60 },
  { scene: "slide", seconds: 10 },
  { scene: "qr", seconds: 20 },
  { scene: "slide", seconds: 10 },
];
const BOARD = { width: 64, height: 64 };
const WALL = { width: 640, height: 640, columns: 2, rows: 1, gapX: 0, gapY: 0 };
const cameraAt = (changes: readonly Change[], ms: number, board: typeof BOARD, wall: typeof WALL) =>
  sightOn(pathAt(changes, ms, board, wall), ms);
const place = (x: number, y: number, atMs: number): Change => placeIn(1, x, y, 1, atMs);

test("scenes follow each other round and round, counted by the server's clock", () => {
  const seen = [0, 59_999, 60_000, 70_000, 90_000, 99_999, 100_000].map((ms) => sceneAt(ROTATION, ms).scene);
  expect(seen).toEqual(["canvas", "canvas", "slide", "qr", "slide", "slide", "canvas"]);
  expect(sceneAt(ROTATION, 1_000_065_000)).toEqual({
    scene: "slide",
    turn: 1,
    beganMs: 1_000_060_000,
    endsMs: 1_000_070_000,
  });
});

test("without a rotation the board is always shown", () => {
  expect(sceneAt([], 12_345)).toMatchObject({ scene: "canvas", beganMs: 0 });
});

test("each slide of a rotation has its own text, and texts that are too few come again", () => {
  expect([1, 3].map((turn) => slideAt(ROTATION, turn, ["one", "two"]))).toEqual(["one", "two"]);
  expect(slideAt(ROTATION, 3, ["one"])).toBe("one");
  expect(slideAt(ROTATION, 1, [])).toBe("");
});

test("the code to join comes at its intervals", () => {
  const join = { place: "br", everySeconds: 120, forSeconds: 20 } as const;
  expect([0, 19_999, 20_000, 119_999, 120_000].map((ms) => joinShown(join, ms))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(joinShown({ ...join, everySeconds: 0 }, 70_000)).toBe(true);
  expect(joinShown(null, 0)).toBe(false);
});

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

test("the wave passes every pixel, rests, and is bounded on a large board", () => {
  const part = { x: 4, y: 5, width: 20, height: 10 };
  const seen = new Set<string>();
  for (let ms = 0; ms < 18_000; ms += 50) for (const { x, y } of wavedPixels(part, ms)) seen.add(`${x},${y}`);
  expect(seen.size).toBe(200);
  expect(wavedPixels(part, 15_000)).toEqual([]);
  const large = { x: 0, y: 0, width: 4096, height: 4096 };
  const counts = Array.from({ length: 60 }, (_, index) => wavedPixels(large, index * 233).length);
  expect(Math.max(...counts)).toBeGreaterThan(100);
  expect(Math.max(...counts)).toBeLessThan(5000);
});

test("the server's time is that of the quickest answer, with half its round trip as the doubt", () => {
  let local = 1000;
  const clock = new ServerClock(() => local);
  expect([clock.nowMs, clock.errorMs]).toEqual([1000, Number.POSITIVE_INFINITY]);
  clock.sample(1000, 1400, 500_200);
  clock.sample(2000, 2020, 501_010);
  clock.sample(3000, 3900, 502_900);
  expect([clock.at(2010), clock.errorMs]).toEqual([501_010, 10]);
  local = 5000;
  expect(clock.nowMs).toBe(504_000);
  clock.sample(6000, 5000, 1);
  clock.sample(6000, 6001, Number.NaN);
  expect(clock.nowMs).toBe(504_000);
});

test("the ways of the last placements have a middle and a worst", () => {
  const latencies = new Latencies();
  expect([latencies.count, latencies.medianMs, latencies.worstMs]).toEqual([0, 0, 0]);
  for (const ms of [90, 80, 300, -5, 100]) latencies.add(ms);
  expect([latencies.count, latencies.medianMs, latencies.worstMs]).toEqual([5, 90, 300]);
  for (let index = 0; index < 60; index++) latencies.add(50);
  expect([latencies.count, latencies.worstMs]).toEqual([50, 50]);
});

test("a display reloads after a day when it is quiet, and when it is stuck; never while all is well", () => {
  const well = { upMs: 3_600_000, quietMs: 0, staleMs: 0, errors: 0 };
  const day = 25 * 3_600_000;
  expect(shouldReload(well)).toBe(false);
  expect(shouldReload({ ...well, upMs: day })).toBe(false);
  expect(shouldReload({ ...well, upMs: day, quietMs: 60_000 })).toBe(true);
  expect(shouldReload({ ...well, staleMs: 200_000 })).toBe(true);
  expect(shouldReload({ ...well, errors: 25 })).toBe(true);
  expect(shouldReload({ ...well, upMs: 60_000, staleMs: 60_000 })).toBe(false);
});
