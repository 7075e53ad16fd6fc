import { expect, test } from "vitest";
import { parseFirstView } from "../../../src/model/board/first-view";
import { JOINED } from "../../states";

test("a snapshot and a configuration make a view only when they speak of the same board", () => {
  const pixels = new Uint8Array(6);
  expect(parseFirstView(JOINED, '"e:5"', pixels)).toMatchObject({ epoch: "e", seq: 5, pixels });
  expect(parseFirstView(JOINED, 'W/"e:5"', pixels)?.seq).toBe(5);
  expect(parseFirstView({ ...JOINED, epoch: "f" }, '"e:5"', pixels)).toBeNull();
  expect(parseFirstView(JOINED, '"e:5"', new Uint8Array(5))).toBeNull();
  expect(parseFirstView(JOINED, "", pixels)).toBeNull();
  expect(parseFirstView("x", '"e:5"', pixels)).toBeNull();
});
