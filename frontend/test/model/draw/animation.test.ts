import { expect, test } from "vitest";
import { ease, fling, Velocity } from "../../../src/model/draw/animation";

test("only what a finger did in the last moments is its speed", () => {
  const velocity = new Velocity();
  velocity.add({ x: 0, y: 0 }, 0);
  velocity.add({ x: 500, y: 0 }, 300);
  velocity.add({ x: 510, y: 20 }, 310);
  expect(velocity.speedAt(320)).toEqual({ x: 1, y: 2 });
  expect(velocity.speedAt(500)).toEqual({ x: 0, y: 0 });
  velocity.clear();
  expect(velocity.speedAt(320)).toEqual({ x: 0, y: 0 });
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
