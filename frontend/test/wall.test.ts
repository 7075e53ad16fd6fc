import { expect, test } from "vitest";
import { Staleness } from "../src/internal/staleness";
import { boardOnScreen, boardOnWall, screenOnWall, type Wall } from "../src/internal/wall";
import { parseScreenAddress, parseWall, screenAddress } from "../src/internal/wall-address";

const WALL: Wall = { width: 504, height: 380, columns: 3, rows: 2 };
const SQUARE = { width: 64, height: 64 };

test("the board is as large as fits, in whole steps, in the middle", () => {
  expect(boardOnWall(SQUARE, WALL)).toEqual({ scale: 11, width: 704, height: 704, x: 404, y: 28 });
});

test("a wide board on a high wall keeps its proportions", () => {
  const at = boardOnWall({ width: 100, height: 10 }, { width: 300, height: 900, columns: 1, rows: 2 });
  expect(at).toEqual({ scale: 3, width: 300, height: 30, x: 0, y: 885 });
});

test("a board larger than the wall is shrunk to fit", () => {
  const at = boardOnWall({ width: 4096, height: 4096 }, { width: 1024, height: 512, columns: 2, rows: 2 });
  expect(at).toEqual({ scale: 0.25, width: 1024, height: 1024, x: 512, y: 0 });
});

test("screens are counted from 1, row by row", () => {
  expect(screenOnWall(WALL, 1)).toEqual({ x: 0, y: 0, width: 504, height: 380 });
  expect(screenOnWall(WALL, 3)).toEqual({ x: 1008, y: 0, width: 504, height: 380 });
  expect(screenOnWall(WALL, 4)).toEqual({ x: 0, y: 380, width: 504, height: 380 });
});

test("what the screens show joins without a gap", () => {
  const first = boardOnScreen(SQUARE, WALL, 1);
  for (const [screen, dx, dy] of [
    [2, 504, 0],
    [4, 0, 380],
    [6, 1008, 380],
  ] as const) {
    const part = boardOnScreen(SQUARE, WALL, screen);
    expect([part.x + dx, part.y + dy, part.width]).toEqual([first.x, first.y, first.width]);
  }
});

test("an address is read back as it was written", () => {
  expect(parseScreenAddress(screenAddress(WALL, 5).slice("/display".length))).toEqual({
    wall: WALL,
    screen: 5,
  });
});

test("without its parameters a display shows the whole board; foreign ones do not matter", () => {
  expect(parseScreenAddress("")).toBe("whole");
  expect(parseScreenAddress("?__proto__=1&constructor=1")).toBe("whole");
  expect(parseScreenAddress("?w=504&h=380&__proto__=1&i=%31")).toMatchObject({ screen: 1 });
});

test.each([
  "i=0&w=504&h=380&c=3&r=2",
  "i=7&w=504&h=380&c=3&r=2",
  "i=1&i=2&w=504&h=380&c=3&r=2",
  "i=１&w=504&h=380",
  "i=1%00&w=504&h=380",
  "i=1",
  "w=0&h=380",
  "w=-5&h=380",
  "w=1e9&h=380",
  "w=NaN&h=380",
  "w=abc&h=380",
  "w=504px&h=380",
  "w=&h=380",
  "w=16385&h=380",
  "w=504.5&h=380",
  "w=504&h=380&c=0",
  "w=504&h=380&r=0",
  "w=504&h=380&c=1000",
  "w=504&h=380&c=101",
  "w=%20504&h=380",
])("the address ?%s is refused in words", (search) => {
  expect(parseScreenAddress(`?${search}`)).toHaveProperty("error");
});

test.each([
  ["null", null],
  ["a text", "wide"],
  ["another version's", { w: 1, h: 2 }],
  ["fractions", { ...WALL, width: 1.5 }],
  ["texts for numbers", { ...WALL, rows: "2" }],
  ["too many", { ...WALL, columns: 101 }],
  ["an empty field", { ...WALL, height: Number.NaN }],
])("a remembered wall is dropped when it is %s", (_, value) => {
  expect(parseWall(value)).toBeNull();
});

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
  expect(staleness.text).toBe("since 21:46");
  staleness.current();
  expect(staleness.text).toBe("");
});
