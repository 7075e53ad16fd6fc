import { expect, test } from "vitest";
import { ease, fling, Velocity } from "../../../src/model/draw/animation";
import { Camera } from "../../../src/model/draw/camera";
import { aimedAt, LOUPE_PX, loupeAt } from "../../../src/model/draw/loupe";
import { isMinimapNeeded, minimapSize, viewOnMinimap } from "../../../src/model/draw/minimap";
import { marksOf } from "../../../src/model/pattern";

test("only what a finger did in the last moments is its speed", () => {
  const velocity = new Velocity();
  velocity.add({ x: 0, y: 0 }, 0);
  velocity.add({ x: 500, y: 0 }, 300);
  velocity.add({ x: 510, y: 20 }, 310);
  expect(velocity.at(320)).toEqual({ x: 1, y: 2 });
  expect(velocity.at(500)).toEqual({ x: 0, y: 0 });
  velocity.clear();
  expect(velocity.at(320)).toEqual({ x: 0, y: 0 });
});

test("a throw glides less and less, in all as far as its speed says, and ends", () => {
  let [x, steps] = [0, 0];
  const step = fling({ x: 1, y: 0 }, 1000, (dx) => {
    x += dx;
  });
  for (let now = 1000; step?.(now) && steps < 500; now += 16) steps += 1;
  expect(x).toBeGreaterThan(280);
  expect(x).toBeLessThan(300);
  expect(steps).toBeLessThan(100);
  expect(fling({ x: 0.05, y: 0 }, 0, () => {})).toBeNull();
});

test("a change of view begins where it was and ends where it shall", () => {
  const parts: number[] = [];
  const step = ease(0, 100, (part) => parts.push(part));
  expect([step(0), step(50), step(100)]).toEqual([true, true, false]);
  expect([parts[0], parts[2]]).toEqual([0, 1]);
  expect(parts[1]).toBeGreaterThan(0.5);
  expect(step(Number.POSITIVE_INFINITY)).toBe(false);
});

test("the camera glides from one view to another", () => {
  const camera = new Camera(() => {});
  camera.setArea({ left: 0, top: 50, width: 400, height: 600 });
  camera.setBoard({ width: 64, height: 64 }, { minScale: 1, maxScale: 40 });
  camera.centerOn({ x: 10, y: 10 }, 4);
  const from = camera.seen;
  camera.between(from, { at: { x: 30, y: 30 }, scale: 16 }, 0.5);
  expect(camera.scale).toBeCloseTo(8);
  expect(camera.seen.at.x).toBeCloseTo(20);
  camera.between(from, camera.whole, 1);
  const { left, top, width, height } = camera.view;
  expect([left < 0, top < 0, left + width > 64, top + height > 64]).toEqual([true, true, true, true]);
});

const SCREEN = { width: 360, height: 640 };

test("the loupe is above the finger and never beyond the rim", () => {
  expect(loupeAt({ x: 180, y: 400 }, SCREEN).y).toBeLessThan(400 - LOUPE_PX);
  for (const x of [0, 359]) {
    for (const y of [0, 60, 400]) {
      const at = loupeAt({ x, y }, SCREEN);
      expect(at.x).toBeGreaterThanOrEqual(8);
      expect(at.x + LOUPE_PX).toBeLessThanOrEqual(SCREEN.width - 8);
      expect(at.y).toBeGreaterThanOrEqual(8);
    }
  }
});

test("near the upper rim the loupe is beside the finger, never under it", () => {
  for (const x of [60, 300]) {
    const at = loupeAt({ x, y: 60 }, SCREEN);
    expect(x < at.x || x > at.x + LOUPE_PX).toBe(true);
  }
});

test("large pixels are aimed at as they lie, small ones in steps a finger can make", () => {
  expect(aimedAt({ x: 5, y: 5 }, { x: 40, y: 0 }, 20)).toEqual({ x: 7, y: 5 });
  expect(aimedAt({ x: 5, y: 5 }, { x: 24, y: -12 }, 2)).toEqual({ x: 7, y: 4 });
});

test("an overview is there for large boards of which much is out of sight", () => {
  const board = { width: 1024, height: 512 };
  const part = { left: 100, top: 100, width: 200, height: 200 };
  expect(isMinimapNeeded(board, part)).toBe(true);
  expect(isMinimapNeeded(board, { left: -10, top: -10, width: 1044, height: 600 })).toBe(false);
  expect(isMinimapNeeded({ width: 64, height: 64 }, part)).toBe(false);
  expect(minimapSize(board)).toEqual({ width: 96, height: 48 });
  expect(viewOnMinimap(board, { left: -100, top: 256, width: 612, height: 9999 })).toEqual({
    left: 0,
    top: 24,
    width: 48,
    height: 24,
  });
});

test("a view beside the board still has a frame to be seen", () => {
  const frame = viewOnMinimap({ width: 4096, height: 4096 }, { left: 4095, top: 0, width: 3, height: 3 });
  expect(frame).toEqual({ left: 88, top: 0, width: 8, height: 8 });
});

test("no two colours have the same pattern", () => {
  const patterns = Array.from({ length: 256 }, (_, index) => JSON.stringify(marksOf(index)));
  expect(new Set(patterns).size).toBe(256);
});
