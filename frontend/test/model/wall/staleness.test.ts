import { expect, test } from "vitest";
import { Staleness } from "../../../src/model/wall/staleness";

test("a display tells since when it may be old, but not of a blink", () => {
  let now = new Date(2026, 6, 4, 21, 45);
  const staleness = new Staleness(() => now);
  const later = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  staleness.current();
  later(60_000);
  staleness.current();
  later(4000);
  staleness.lost();
  expect(staleness.text).toBe("");
  later(120_000);
  staleness.lost();
  expect([staleness.text, staleness.time, staleness.ms]).toEqual(["since 21:46", "21:46", 120_000]);
  staleness.current();
  expect([staleness.text, staleness.ms]).toEqual(["", 0]);
});

test("a picture from before says its own time", () => {
  const staleness = new Staleness(() => new Date(2026, 6, 4, 21, 45));
  staleness.asOf(new Date(2026, 6, 4, 20, 15));
  expect(staleness.ms).toBe(0);
  staleness.lost();
  expect(new Staleness(() => new Date()).time).toBe("");
});
