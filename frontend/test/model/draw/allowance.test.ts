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

test.each([
  ["nothing used, more allowed", [3, 0], [5, 10], [5, 0]],
  ["nothing used, fewer allowed", [3, 0], [1, 10], [1, 0]],
  ["some used, more allowed", [1, 4000], [5, 10], [3, 4000]],
  ["more used than is allowed now", [1, 4000], [1, 10], [0, 4000]],
  ["the same rules again", [1, 4000], [3, 10], [1, 4000]],
  ["no cooldown any more", [0, 4000], [3, 0], [3, 0]],
] as const)("a change of the rules shows at once: %s", (_, told, rules, shown) => {
  allowance.update(told[0], told[1]);
  allowance.adopt(rules[0], rules[1]);
  expect([allowance.remaining, allowance.retryInMs]).toEqual([...shown]);
});

test("after a change of the rules a window ends with what is allowed then", () => {
  allowance.update(0, 4000);
  allowance.adopt(5, 10);
  nowMs = 4000;
  expect(allowance.remaining).toBe(5);
});
