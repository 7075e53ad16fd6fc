import { expect, test } from "vitest";
import { aimedAt, LOUPE_PX, loupeAt } from "../../../src/model/draw/loupe";

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
