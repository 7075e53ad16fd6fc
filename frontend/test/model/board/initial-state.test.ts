import { expect, test } from "vitest";
import { parseInitialState } from "../../../src/model/board/initial-state";
import { JOINED } from "../../states";

test("a snapshot is read with its settings and what concerns the person", () => {
  const state = parseInitialState(JOINED);
  expect(state).toMatchObject({ epoch: "e", seq: 5, token: "t", userCount: 2 });
  expect(state?.content).toEqual(Uint8Array.of(0, 1, 2, 0, 0, 1));
  expect(state?.allowance).toEqual({ remaining: 3, retryInMs: 0 });
});

test("the thesis's board, an array with one size for both sides, is read too", () => {
  const { width, height, ...thesis } = JOINED;
  const state = parseInitialState({ ...thesis, board: [0, 1, 2, 0, 0, 1, 2, 2, 2] });
  expect(state?.settings).toMatchObject({ width: 3, height: 3 });
});

test("a delta stands in the place of the board", () => {
  const { board, ...rest } = JOINED;
  const state = parseInitialState({ ...rest, delta: { from: 3, to: 5, pixels: "1,1,2" } });
  expect(state?.content).toEqual({ from: 3, to: 5, pixels: Uint16Array.of(1, 1, 2) });
});

test.each([
  ["nothing", null],
  ["an array", []],
  ["a board of another size", { ...JOINED, board: btoa("12345") }],
  ["a board that is not base64", { ...JOINED, board: "%%" }],
  ["no board", { ...JOINED, board: undefined }],
  ["a broken delta", { ...JOINED, delta: { from: 9, to: 5, pixels: "" } }],
  ["no epoch", { ...JOINED, epoch: undefined }],
  ["a negative seq", { ...JOINED, seq: -1 }],
  ["one colour", { ...JOINED, colors: ["#FFFFFF"] }],
  ["a colour that could be anything", { ...JOINED, colors: ["red", "#000000"] }],
  ["a size that would exhaust a phone", { ...JOINED, width: 1e6 }],
])("%s is not a state", (_, value) => {
  expect(parseInitialState(value)).toBeNull();
});
