import { expect, test } from "vitest";
import { minutesOf, timeOf } from "../../src/model/time-words";

const NOON = new Date(2026, 10, 28, 12, 30);

test("a moment of today is a time, one of another day has its date", () => {
  expect(timeOf(new Date(2026, 10, 28, 9, 5), NOON, "en-GB")).toBe("09:05");
  expect(timeOf(new Date(2026, 10, 27, 23, 5), NOON, "en-GB")).toMatch(/27 Nov.*23:05/);
});

test("the time until the next report is said in whole minutes, never too few", () => {
  expect([1, 60_000, 60_001].map(minutesOf)).toEqual([1, 1, 2]);
});
