import { expect, test } from "vitest";
import { OwnPixels } from "../../../src/model/draw/own-pixels";

test("one's own pixels are recognised, and by them one's pseudonym, also after a reload", () => {
  let kept: string | null = null;
  const store = {
    read: () => kept,
    write: (value: string) => {
      kept = value;
    },
  };
  const own = new OwnPixels(store);
  own.add(3, 4, 17);
  expect(own.isOwn(3, 4, { seq: 16, by: "bee-1" })).toBe(false);
  expect(own.isOwn(3, 4, { seq: 17, by: "bee-2" })).toBe(true);
  const later = new OwnPixels(store);
  expect([later.isOwn(9, 9, { seq: 2, by: "bee-2" }), later.isOwn(9, 9, { seq: 2, by: "bee-1" })]).toEqual([
    true,
    false,
  ]);
});

test("of one's own pixels only the last are kept, and broken ones are none", () => {
  let kept = '{"made": 7, "names": [1, null]}';
  const store = {
    read: () => kept,
    write: (value: string) => {
      kept = value;
    },
  };
  const own = new OwnPixels(store);
  for (let seq = 0; seq < 1000; seq++) own.add(0, 0, seq);
  expect(JSON.parse(kept).made).toHaveLength(300);
  expect(own.isOwn(0, 0, { seq: 999, by: "a" })).toBe(true);
});
