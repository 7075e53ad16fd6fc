import { expect, test } from "vitest";
import {
  DEFAULT_COMPOSITION,
  encodeComposition,
  parseComposition,
} from "../../../src/model/wall/composition";
import type { Programme } from "../../../src/model/wall/setup";
import type { Turn, Wall } from "../../../src/model/wall/wall";

const WALL: Wall = { width: 504, height: 380, columns: 3, rows: 2, gapX: 0, gapY: 0 };

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

const file = (change: object) => ({
  ...JSON.parse(encodeComposition({ wall: WALL, turns: [], programme: FULL })),
  ...change,
});

test("a composition is read back as it was written", () => {
  const composition = {
    wall: { ...WALL, gapX: 12, gapY: 0 },
    turns: [0, 90, 180] as Turn[],
    programme: FULL,
  };
  expect(parseComposition(JSON.parse(encodeComposition(composition)))).toEqual(composition);
});

test("a wall that an earlier version kept is taken over", () => {
  expect(parseComposition({ width: 504, height: 380, columns: 3, rows: 2 })).toEqual({
    ...DEFAULT_COMPOSITION,
    wall: WALL,
  });
});

test.each([
  ["file", null],
  ["file", "wide"],
  ["file", []],
  ["file", { w: 1, h: 2 }],
  ["file", { width: 504, height: 380, columns: 3, rows: "2" }],
  ["file", { beeplace: "board" }],
  ["version", file({ version: 2 })],
  ["wall", file({ wall: { ...WALL, width: 1.5 } })],
  ["wall", file({ wall: { ...WALL, columns: 101 } })],
  ["wall", file({ wall: { ...WALL, gapX: -1 } })],
  ["turns", file({ turns: [45] })],
  ["turns", file({ turns: [0, 0, 0, 0, 0, 0, 0] })],
  ["turns", file({ turns: "90" })],
  ["programme", file({ programme: 1 })],
  ["crop", file({ programme: { ...FULL, crop: { x: 0, y: 0, width: 0, height: 1 } } })],
  ["delaySeconds", file({ programme: { ...FULL, delaySeconds: 61 } })],
  ["scenes", file({ programme: { ...FULL, scenes: [{ scene: "party", seconds: 60 }] } })],
  ["scenes", file({ programme: { ...FULL, scenes: [null] } })],
  ["slides", file({ programme: { ...FULL, slides: [""] } })],
  ["join", file({ programme: { ...FULL, join: { place: "br", everySeconds: 10, forSeconds: 11 } } })],
  ["attractSeconds", file({ programme: { ...FULL, attractSeconds: "90" } })],
])("a file whose %s is wrong is refused", (error, value) => {
  expect(parseComposition(value)).toEqual({ error });
});
