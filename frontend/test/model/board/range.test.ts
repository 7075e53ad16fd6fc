/** The golden vectors of the wire format, shared with the code of the server and of the load tests. */
import { expect, test } from "vitest";
import range from "../../../../tests/wire/range.json";
import { decide, decodePosition, decodeRange } from "../../../src/model/board/range";

test.each(range.good)("the range “$text” is read", ({ text, epoch, from, to }) => {
  expect(decodeRange(text)).toEqual({ epoch, from, to });
});

test.each(range.bad)("the range “%s” is refused", (text) => {
  expect(decodeRange(text)).toBeNull();
});

test.each(range.client)("at $epoch:$seq the range $range means: $does", (row) => {
  const given = decodeRange(row.range);
  expect(given && decide(row, given)).toBe(row.does);
});

test("a position is read, and refused when broken", () => {
  expect(decodePosition("a-B_9:7")).toEqual({ epoch: "a-B_9", seq: 7 });
  for (const text of ["", "e", "e:", ":1", "e:1:2", "e:-1", "e:1.5", "e:99999999999999999"]) {
    expect(decodePosition(text)).toBeNull();
  }
});
