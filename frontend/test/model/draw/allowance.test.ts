import { beforeEach, expect, test } from "vitest";
import { Allowance, parseAllowanceState, secondsLeft } from "../../../src/model/draw/allowance";

let nowMs: number;
let allowance: Allowance;

beforeEach(() => {
  nowMs = 0;
  allowance = new Allowance(() => nowMs, 3);
  allowance.update(3, 0);
});

test("what another tab says of the allowance is believed only when it makes sense", () => {
  expect(parseAllowanceState({ remaining: 2, retryInMs: 1500.5 })).toEqual({
    remaining: 2,
    retryInMs: 1500.5,
  });
  for (const wrong of [null, 7, {}, { remaining: -1, retryInMs: 0 }, { remaining: 1, retryInMs: "1" }]) {
    expect(parseAllowanceState(wrong)).toBeNull();
  }
});

test("the allowance comes back when the window ends, on a clock that only goes forward", () => {
  allowance.update(0, 2500);
  expect(secondsLeft(allowance.retryInMs)).toBe(3);
  nowMs = 2499;
  expect([allowance.remaining, secondsLeft(allowance.retryInMs)]).toEqual([0, 1]);
  nowMs = 2500;
  expect([allowance.remaining, allowance.retryInMs]).toEqual([3, 0]);
});

test("a countdown is waited for until somebody takes notice of its end", () => {
  allowance.update(1, 1000);
  expect([allowance.waiting, allowance.takeReturn()]).toEqual([true, false]);
  nowMs = 1000;
  expect(allowance.remaining).toBe(3);
  expect([allowance.waiting, allowance.takeReturn()]).toEqual([true, false]);
  expect([allowance.waiting, allowance.remaining]).toEqual([false, 3]);
});

test.each([
  [0, true],
  [1, false],
  [2, false],
])("with %i left when the window ends, that pixels are back is told once or never", (left, told) => {
  allowance.update(left, 1000);
  nowMs = 999;
  expect(allowance.takeReturn()).toBe(false);
  nowMs = 1000;
  expect(allowance.remaining).toBe(3);
  expect(allowance.takeReturn()).toBe(told);
  expect(allowance.takeReturn()).toBe(false);
  expect(allowance.remaining).toBe(3);
});
