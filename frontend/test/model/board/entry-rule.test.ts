import { expect, test } from "vitest";
import { isGated, parseEntryRule } from "../../../src/model/board/entry-rule";

test.each([
  [undefined, { ways: ["open"], round: 0 }, false],
  [{ ways: [], round: -1 }, { ways: ["open"], round: 0 }, false],
  [{ ways: ["open"], round: 2 }, { ways: ["open"], round: 2 }, false],
  [{ ways: ["code", 7], round: 3 }, { ways: ["code"], round: 3 }, true],
])("a rule of %j is read as %j", (told, rule, gated) => {
  expect(parseEntryRule(told)).toEqual(rule);
  expect(isGated(parseEntryRule(told))).toBe(gated);
});
