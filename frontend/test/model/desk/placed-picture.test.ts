import { expect, test } from "vitest";
import { parseReduced, placedAt, wantedSide } from "../../../src/model/desk/placed-picture";

const board = { width: 64, height: 48 };
const told = { statusCode: 200, width: 20, height: 10, pixels: 180, picture: "data:image/png;base64,AA" };

test("a picture lies at the corner of the area, and never beyond the board", () => {
  expect(placedAt(told, { x: 5, y: 6 }, board)).toEqual({ x: 5, y: 6, width: 20, height: 10 });
  expect(placedAt(told, { x: 60, y: 47 }, board)).toEqual({ x: 44, y: 38, width: 20, height: 10 });
});

test("the side that a handle changed is asked for, and the other follows", () => {
  const area = { width: 30, height: 10 };
  expect(wantedSide(null, null)).toEqual({});
  expect(wantedSide(area, null)).toEqual({ width: 30 });
  expect(wantedSide(area, told)).toEqual({ width: 30 });
  expect(wantedSide({ width: 20, height: 15 }, told)).toEqual({ height: 15 });
});

test("an answer that is no picture is none", () => {
  expect(parseReduced(told)).toEqual({ width: 20, height: 10, pixels: 180, picture: told.picture });
  for (const wrong of [{}, { ...told, width: "20" }, { ...told, picture: 1 }])
    expect(parseReduced(wrong)).toBe(null);
});
