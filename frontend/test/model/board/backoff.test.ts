import { expect, test } from "vitest";
import { Backoff } from "../../../src/model/board/backoff";

test("waiting grows to its limit and is spread", () => {
  const backoff = new Backoff(1000, 5000, () => 0.5);
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([1000, 2000, 4000, 5000]);
  backoff.reset();
  expect(backoff.next()).toBe(1000);
});
