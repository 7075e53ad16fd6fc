import { expect, test } from "vitest";
import { parseJson } from "../../src/model/fields";

test("what is stored by another version is nothing", () => {
  expect(parseJson("{")).toBeNull();
  expect(parseJson(null)).toBeNull();
});
