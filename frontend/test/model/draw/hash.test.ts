import { expect, test } from "vitest";
import { formatHash, formatScale, parseHash } from "../../../src/model/draw/hash";

const BOARD = { width: 64, height: 32 };

test("a place is read from the address", () => {
  expect(parseHash("#12,30,9.5", BOARD)).toEqual({ x: 12, y: 30, scale: 9.5 });
  expect(parseHash("#12,30", BOARD)).toEqual({ x: 12, y: 30 });
  expect(parseHash("#12,30,0", BOARD)).toEqual({ x: 12, y: 30 });
});

test.each([
  "",
  "#",
  "#12",
  "#64,1,9",
  "#1,32,9",
  "#-1,2,3",
  "#1.5,2",
  "#1,2,x",
  "#1,2,3,4",
  "#１,2,3",
  "#1,2,1e9",
])("%s is not a place on the board", (hash) => {
  expect(parseHash(hash, BOARD)).toBeNull();
});

test("a place is written as it is read", () => {
  for (const place of [
    { x: 1, y: 2, scale: 9 },
    { x: 63, y: 31, scale: 0.25 },
  ]) {
    expect(parseHash(formatHash(place), BOARD)).toEqual(place);
  }
  expect([formatScale(9), formatScale(1.25), formatScale(17.6), formatScale(0.095)]).toEqual([
    "9×",
    "1.3×",
    "18×",
    "0.1×",
  ]);
});
