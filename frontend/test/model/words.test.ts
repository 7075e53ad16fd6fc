import { expect, test } from "vitest";
import { Backoff } from "../../src/model/board/backoff";
import { inkOn, sayColor, swatchName } from "../../src/model/color-name";
import { cornersOf, parseCorners, pixelCount } from "../../src/model/desk/corners";
import { formatHash, formatScale, parseHash } from "../../src/model/draw/hash";
import { joinReasonFor, reasonFor } from "../../src/model/draw/reasons";
import { parseJson } from "../../src/model/fields";
import { draw } from "../../src/texts/draw";
import { Translator } from "../../src/texts/i18n";

const { say: speak } = new Translator(draw, "en");
const say = (key: string, parts?: Record<string, string | number>) => speak(key as "place", parts);
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

test.each([
  ["#FFFFFF", "white"],
  ["#E4E4E4", "light grey"],
  ["#888888", "grey"],
  ["#222222", "dark grey"],
  ["#FFA7D1", "light pink"],
  ["#E50000", "red"],
  ["#E59500", "orange"],
  ["#A06A42", "brown"],
  ["#E5D900", "yellow"],
  ["#94E044", "lime"],
  ["#02BE01", "green"],
  ["#00D3DD", "turquoise"],
  ["#0083C7", "blue"],
  ["#0000EA", "blue"],
  ["#CF6EE4", "purple"],
  ["#820080", "dark purple"],
])("%s is called %s", (hex, name) => {
  expect(sayColor(hex, say)).toBe(name);
});

test("a swatch has a name of its own even where two colours share one", () => {
  expect(swatchName("#0000EA", 13, 16, say)).toBe("blue, colour 14 of 16");
  expect([inkOn("#FFFFFF"), inkOn("#222222")]).toEqual(["#000000", "#ffffff"]);
});

test("every code has words, and waiting is said in seconds", () => {
  expect(reasonFor("cooldown", say, 1200)).toBe("No pixels left for now. Again in 2 s.");
  expect(joinReasonFor("busy", say)).toMatch(/Trying again/);
  expect(joinReasonFor("something new", say)).toMatch(/Trying again/);
  expect(reasonFor("something new", say)).toBe("The server refused this pixel.");
});

test("waiting grows to its limit and is spread", () => {
  const backoff = new Backoff(1000, 5000, () => 0.5);
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([1000, 2000, 4000, 5000]);
  backoff.reset();
  expect(backoff.next()).toBe(1000);
});

test("an area is in order and inside, wherever the drag went", () => {
  expect(cornersOf({ x: 9.7, y: -3 }, { x: 2.2, y: 99 }, BOARD)).toEqual({ x1: 2, y1: 0, x2: 9, y2: 31 });
  expect(pixelCount({ x1: 2, y1: 0, x2: 9, y2: 31 })).toBe(256);
});

test("typed corners outside the board, or missing, are no area", () => {
  expect(parseCorners({ x1: 5, y1: 5, x2: 1, y2: 1 }, BOARD)).toEqual({ x1: 1, y1: 1, x2: 5, y2: 5 });
  expect(parseCorners({ x1: 0, y1: 0, x2: 64, y2: 1 }, BOARD)).toBeNull();
  expect(parseCorners({ x1: Number.NaN, y1: 0, x2: 1, y2: 1 }, BOARD)).toBeNull();
  expect(parseCorners({ x1: 0.5, y1: 0, x2: 1, y2: 1 }, BOARD)).toBeNull();
});

test("what is stored by another version is nothing", () => {
  expect(parseJson("{")).toBeNull();
  expect(parseJson(null)).toBeNull();
});
