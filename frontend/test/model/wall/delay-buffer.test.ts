import { expect, test } from "vitest";
import { DelayBuffer } from "../../../src/model/wall/delay-buffer";
import { fill, place, reset } from "../../changes";

const youngest = () => 0;

test("placements wait for their time and keep their order", () => {
  const buffer = new DelayBuffer(10_000);
  expect(buffer.add([place(1, 0, 0, 1), place(2, 1, 0, 1)], 1000, youngest)).toEqual([]);
  expect(buffer.add([place(3, 0, 0, 2)], 4000, youngest)).toEqual([]);
  expect(buffer.due(10_999)).toEqual([]);
  expect(buffer.due(11_000).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(buffer.due(14_000).map(({ seq }) => seq)).toEqual([3]);
  expect(buffer.length).toBe(0);
});

test("a placement that is known to be older waits only for the rest", () => {
  const buffer = new DelayBuffer(10_000);
  buffer.add([place(1, 0, 0, 1), place(2, 1, 0, 1)], 1000, ({ seq }) => (seq === 1 ? 7000 : 60_000));
  expect(buffer.due(3999)).toEqual([]);
  expect(buffer.due(4000).map(({ seq }) => seq)).toEqual([1, 2]);
});

test("a placement from the future waits no longer than the delay", () => {
  const buffer = new DelayBuffer(10_000);
  buffer.add([place(1, 0, 0, 1)], 1000, () => -50_000);
  expect(buffer.due(11_000)).toHaveLength(1);
});

test("what an organiser does is shown at once, and takes what it erased with it", () => {
  const buffer = new DelayBuffer(10_000);
  buffer.add([place(1, 0, 0, 1), place(2, 2, 1, 1)], 0, youngest);
  expect(
    buffer.add([fill(3, 0, 0, 2, 1, 0), place(4, 0, 0, 2)], 500, youngest).map(({ seq }) => seq),
  ).toEqual([3]);
  expect(buffer.due(20_000).map(({ seq }) => seq)).toEqual([2, 4]);
});

test("a reset forgets all that waits", () => {
  const buffer = new DelayBuffer(10_000);
  buffer.add([place(1, 0, 0, 1), reset(2, "f"), place(3, 1, 1, 1)], 0, youngest);
  expect(buffer.due(20_000).map(({ seq }) => seq)).toEqual([3]);
});
