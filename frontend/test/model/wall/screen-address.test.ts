import { expect, test } from "vitest";
import { longAddress, parseScreenAddress, shortAddress } from "../../../src/model/wall/screen-address";
import { encodePlace } from "../../../src/model/wall/screen-code";
import { DEFAULT_PROGRAMME, type Programme } from "../../../src/model/wall/setup";
import type { Turn, Wall } from "../../../src/model/wall/wall";
import { display } from "../../../src/texts/display";
import { displays } from "../../../src/texts/displays";

const WALL: Wall = { width: 504, height: 380, columns: 3, rows: 2, gapX: 0, gapY: 0 };
const opened = (short: string) => short.replace(/^\/d\/([^?]+)\??/, "?d=$1&");
const setupOf = (search: string) => parseScreenAddress(search).setup;

const FULL: Programme = {
  crop: { x: 1, y: 2, width: 30, height: 40 },
  delaySeconds: 20,
  scenes: [
    { scene: "canvas", seconds: 120 },
    { scene: "slide", seconds: 15 },
  ],
  slides: ["Bar & Käse: 20 % off?", "/logo.png"],
  join: { place: "br", everySeconds: 120, forSeconds: 20 },
  attractSeconds: 90,
};

const keysOf = (search: string) => parseScreenAddress(search).problems.map(({ key }) => key);

test("the thesis's parameters say where a screen hangs", () => {
  expect(parseScreenAddress("?i=5&w=504&h=380&c=3&r=2")).toEqual({
    setup: { ...DEFAULT_PROGRAMME, wallScreen: { wall: WALL, screen: 5 }, turn: 0, test: false },
    problems: [],
  });
});

test("without parameters a display shows the whole board; foreign ones do not matter", () => {
  expect(parseScreenAddress("")).toEqual({
    setup: { ...DEFAULT_PROGRAMME, wallScreen: null, turn: 0, test: false },
    problems: [],
  });
  expect(parseScreenAddress("?__proto__=1&constructor=1").problems).toEqual([]);
  expect(setupOf("?w=504&h=380&__proto__=1&i=%31").wallScreen).toMatchObject({ screen: 1 });
});

test.each<[Turn, Programme]>([
  [0, DEFAULT_PROGRAMME],
  [90, { ...DEFAULT_PROGRAMME, crop: FULL.crop }],
  [270, FULL],
])("a short link is read back as it was written, turned by %i", (turn, programme) => {
  const wall = { ...WALL, gapX: 40, gapY: 30 };
  const address = shortAddress(wall, 5, turn, programme, true);
  expect(parseScreenAddress(opened(address))).toEqual({
    setup: { ...programme, wallScreen: { wall, screen: 5 }, turn, test: true },
    problems: [],
  });
});

test("a long address is read back as it was written, and a plain one is the thesis's", () => {
  const wall = { ...WALL, gapX: 40, gapY: 30 };
  expect(parseScreenAddress(longAddress(wall, 5, 270, FULL, true).slice(8))).toEqual({
    setup: { ...FULL, wallScreen: { wall, screen: 5 }, turn: 270, test: true },
    problems: [],
  });
  expect(longAddress(WALL, 5, 0, DEFAULT_PROGRAMME, false)).toBe("/display?i=5&w=504&h=380&c=3&r=2");
});

test("a plain short link is short", () => {
  expect(shortAddress({ ...WALL, gapX: 40 }, 2, 0, DEFAULT_PROGRAMME, false)).toBe("/d/2-3x2-504x380-g40x0");
  expect(encodePlace(WALL, 1, 90, null)).toBe("1-3x2-504x380-t90");
});

test("a short link has the whole programme in its code, but for the words of slides", () => {
  const programme = { ...FULL, crop: null, slides: [] };
  const address = shortAddress(WALL, 2, 0, programme, true);
  expect(address).toMatch(/^\/d\/2-3x2-504x380-d\d+-s[a-z\d]+-j[a-z\d]+-w\d+-p$/);
  expect(setupOf(opened(address))).toMatchObject({ ...programme, test: true });
});

test("a code that names what cannot be is refused like the long parameters", () => {
  expect(keysOf("?d=7-3x2-504x380")).toEqual(["number"]);
  expect(keysOf("?d=1-3x2-504x380-t45")).toEqual(["turn"]);
  expect(keysOf("?d=1-3x2-504x380&w=9")).toContain("both");
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
  "w=504&h=380&gx=-1",
  "w=504&h=380&gy=2001",
])("the place ?%s is refused in words, and the whole board shown", (search) => {
  const { setup, problems } = parseScreenAddress(`?${search}`);
  expect(problems.length).toBeGreaterThan(0);
  expect(setup.wallScreen).toBeNull();
});

test.each([
  ["turn=45", "turn"],
  ["turn=", "turn"],
  ["area=1,2,3", "area"],
  ["area=1,2,0,4", "area"],
  ["area=4000,0,97,1", "area"],
  ["area=a", "area"],
  ["scenes=", "scenes"],
  ["scenes=canvas", "scenes"],
  ["scenes=canvas:4", "scenes"],
  ["scenes=canvas:3601", "scenes"],
  ["scenes=party:60", "scenes"],
  ["scenes=__proto__:60", "scenes"],
  [`scenes=${Array(21).fill("canvas:60").join()}`, "scenes"],
  ["slide=", "slide"],
  [`slide=${"x".repeat(201)}`, "slide"],
  ["join=middle", "join"],
  ["join=br:10", "join"],
  ["join=br:10:20", "join"],
  ["attract=-1", "number"],
  ["test=2", "number"],
  [`x=${"x".repeat(8000)}`, "long"],
])("?%s is refused in words, and left out", (search, key) => {
  const { setup, problems } = parseScreenAddress(`?${search}`);
  expect(problems.map((problem) => problem.key)).toEqual([key]);
  expect(setup).toEqual({ ...DEFAULT_PROGRAMME, wallScreen: null, turn: 0, test: false });
});

test.each(["delay=61", "delay=-1", "delay=", "delay=1&delay=2", "delay=10s"])(
  "?%s delays as long as can be: what was to be checked first is not shown at once",
  (search) => {
    expect(setupOf(`?${search}`).delaySeconds).toBe(60);
    expect(keysOf(`?${search}`)).toHaveLength(1);
  },
);

test("every problem and every field has its words", () => {
  const keys = ["number", "twice", "turn", "area", "scenes", "slide", "join", "code", "both", "long"];
  expect(Object.keys(display.en).filter((key) => key.startsWith("problem."))).toEqual(
    keys.map((key) => `problem.${key}`),
  );
  for (const scene of ["canvas", "camera", "replay", "statistics", "qr", "slide"])
    expect(Object.keys(displays.en)).toContain(`scene.${scene}`);
});
