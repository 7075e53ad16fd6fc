import { expect, test } from "vitest";
import { wavedPixels } from "../../../src/model/wall/attract";

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
