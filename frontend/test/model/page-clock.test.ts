import { expect, test } from "vitest";
import { PageClock } from "../../src/model/page-clock";

function device() {
  const at = { steady: 100, wall: 1_000_000 };
  const clock = new PageClock(
    () => at.steady,
    () => at.wall,
  );
  return { at, clock };
}

test("goes as the device's clocks do while they agree", () => {
  const { at, clock } = device();
  const began = clock.nowMs();
  for (let second = 0; second < 3600; second++) {
    at.steady += 1000;
    at.wall += second % 2 ? 1001 : 999.5;
  }
  expect([clock.nowMs() - began, clock.doubts]).toEqual([3_600_000, 0]);
});

test("a sleep in which the steady clock stood still has passed all the same, and is a doubt", () => {
  const { at, clock } = device();
  const began = clock.nowMs();
  at.wall += 600_000;
  expect([clock.nowMs() - began, clock.doubts]).toEqual([600_000, 1]);
  at.steady += 50;
  at.wall += 50;
  expect([clock.nowMs() - began, clock.doubts]).toEqual([600_050, 1]);
});

test("a wall clock that is set back takes no time back, and is a doubt", () => {
  const { at, clock } = device();
  const began = clock.nowMs();
  at.steady += 10;
  at.wall -= 3_600_000;
  expect([clock.nowMs() - began, clock.doubts]).toEqual([10, 1]);
});

test("clocks that drift apart slowly are no doubt", () => {
  const { at, clock } = device();
  const began = clock.nowMs();
  for (let hour = 0; hour < 48; hour++) {
    at.steady += 3_600_000;
    at.wall += 3_600_000 + 360;
    clock.nowMs();
  }
  expect([clock.nowMs() - began, clock.doubts]).toEqual([48 * 3_600_000, 0]);
});

test("a steady clock that stands still under the page's eyes is noticed within a second or two", () => {
  const { at, clock } = device();
  const began = clock.nowMs();
  for (let tick = 0; tick < 40; tick++) {
    at.wall += 250;
    clock.nowMs();
  }
  expect(clock.nowMs() - began).toBeGreaterThanOrEqual(9000);
  expect(clock.doubts).toBeGreaterThan(0);
});
