import { expect, test } from "vitest";
import { codeIn, ticketIn } from "../../../src/model/entrance/shown-in-address";

test.each([
  ["#code=KWTRPB", "KWTRPB"],
  ["#code=kwtrpb", "kwtrpb"],
  ["#code=KWTRP", null],
  ["#code=KWTRPB&x", null],
  ["#12,13,4", null],
])("the code in %s is %s", (hash, code) => expect(codeIn(hash)).toBe(code));

test.each([
  ["#ticket=HIVE-0001", "HIVE-0001"],
  ["#ticket=%3D%3DgB3Q%2Bz%2F0", "==gB3Q+z/0"],
  ["#ticket===gB3Q+z/0", "==gB3Q+z/0"],
  ["#ticket=100%", "100%"],
  ["#ticket=", null],
  ["#code=KWTRPB", null],
])("a ticket's link %s leads to %s", (hash, ticket) => {
  expect(ticketIn(hash)).toBe(ticket);
});
