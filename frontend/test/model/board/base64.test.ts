import { expect, test } from "vitest";
import { decodeBase64, encodeBase64Url } from "../../../src/model/board/base64";

test("base64 gives the bytes it was made of", () => {
  expect([...(decodeBase64("AAECA/8=") ?? [])]).toEqual([0, 1, 2, 3, 255]);
  expect(decodeBase64("%")).toBeNull();
});

test("a request id of 16 bytes has 22 characters of the URL alphabet", () => {
  expect(encodeBase64Url(new Uint8Array(16).fill(255))).toBe("_____________________w");
});
