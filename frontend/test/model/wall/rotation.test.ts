import { expect, test } from "vitest";
import { joinShown, sceneAt, slideAt } from "../../../src/model/wall/rotation";
import type { SceneTime } from "../../../src/model/wall/setup";

const ROTATION: SceneTime[] = [
  { scene: "canvas", seconds: 60 },
  { scene: "slide", seconds: 10 },
  { scene: "qr", seconds: 20 },
  { scene: "slide", seconds: 10 },
];

test("scenes follow each other round and round, counted by the server's clock", () => {
  const seen = [0, 59_999, 60_000, 70_000, 90_000, 99_999, 100_000].map((ms) => sceneAt(ROTATION, ms).scene);
  expect(seen).toEqual(["canvas", "canvas", "slide", "qr", "slide", "slide", "canvas"]);
  expect(sceneAt(ROTATION, 1_000_065_000)).toEqual({
    scene: "slide",
    turn: 1,
    beganMs: 1_000_060_000,
    endsMs: 1_000_070_000,
  });
});

test("without a rotation the board is always shown", () => {
  expect(sceneAt([], 12_345)).toMatchObject({ scene: "canvas", beganMs: 0 });
});

test("each slide of a rotation has its own text, and texts that are too few come again", () => {
  expect([1, 3].map((turn) => slideAt(ROTATION, turn, ["one", "two"]))).toEqual(["one", "two"]);
  expect(slideAt(ROTATION, 3, ["one"])).toBe("one");
  expect(slideAt(ROTATION, 1, [])).toBe("");
});

test("the code to join comes at its intervals", () => {
  const join = { place: "br", everySeconds: 120, forSeconds: 20 } as const;
  expect([0, 19_999, 20_000, 119_999, 120_000].map((ms) => joinShown(join, ms))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(joinShown({ ...join, everySeconds: 0 }, 70_000)).toBe(true);
  expect(joinShown(null, 0)).toBe(false);
});
