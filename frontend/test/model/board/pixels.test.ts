/** The golden vectors of the wire format, shared with the code of the server and of the load tests. */
import { expect, test } from "vitest";
import batch from "../../../../tests/wire/batch.json";
import { decodePixels } from "../../../src/model/board/pixels";

test.each(batch.good)("the batch “$text” is read", ({ text, pixels }) => {
  expect([...(decodePixels(text) ?? [-1])]).toEqual(pixels.flat());
});

test.each(batch.bad)("the batch “%s” is refused", (text) => {
  expect(decodePixels(text)).toBeNull();
});
