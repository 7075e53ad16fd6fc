import { expect, test } from "vitest";
import { CodeStretch } from "../../../src/model/entrance/code-stretch";

const CODES = [
  { code: "BBBBBB", startsIn: 0, endsIn: 4000 },
  { code: "CCCCCC", startsIn: 4000, endsIn: 9000 },
];

test.each([
  [999, null, 2],
  [1000, "BBBBBB", 1],
  [4999, "BBBBBB", 1],
  [5000, "CCCCCC", 0],
  [9999, "CCCCCC", 0],
  [10_000, null, 0],
])("at %i the code is %s", (nowMs, code, coming) => {
  const stretch = new CodeStretch();
  stretch.give(CODES, 1000);
  expect(stretch.at(nowMs)).toBe(code);
  expect(stretch.comingAt(nowMs)).toHaveLength(coming);
});

test("what is forgotten is shown no more", () => {
  const stretch = new CodeStretch();
  stretch.give(CODES, 1000);
  stretch.forget();
  expect(stretch.at(1000)).toBeNull();
});
