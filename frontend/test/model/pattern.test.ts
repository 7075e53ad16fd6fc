import { expect, test } from "vitest";
import { marksOf } from "../../src/model/pattern";

test("no two colours have the same pattern", () => {
  const patterns = Array.from({ length: 256 }, (_, index) => JSON.stringify(marksOf(index)));
  expect(new Set(patterns).size).toBe(256);
});
