import { expect, test } from "vitest";
import { codeIn, isGated, parseEntryRule } from "../../../src/model/board/entry-rule";

test.each([
  [undefined, { ways: ["open"], round: 0 }, false],
  [{ ways: [], round: -1 }, { ways: ["open"], round: 0 }, false],
  [{ ways: ["open"], round: 2 }, { ways: ["open"], round: 2 }, false],
  [{ ways: ["code", 7], round: 3 }, { ways: ["code"], round: 3 }, true],
])("a rule of %j is read as %j", (told, rule, gated) => {
  expect(parseEntryRule(told)).toEqual(rule);
  expect(isGated(parseEntryRule(told))).toBe(gated);
});

test.each([
  ["#code=KWTRPB", "KWTRPB"],
  ["#code=kwtrpb", "kwtrpb"],
  ["#code=KWTRP", null],
  ["#code=KWTRPB&x", null],
  ["#12,13,4", null],
])("the code in %s is %s", (hash, code) => expect(codeIn(hash)).toBe(code));
