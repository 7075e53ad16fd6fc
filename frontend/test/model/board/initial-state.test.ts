import { expect, test } from "vitest";
import { parseJoinAnswer, parsePlaceAnswer, parseSyncAnswer } from "../../../src/model/board/answers";
import { decodeBase64, encodeBase64Url } from "../../../src/model/board/base64";
import { parseInitialState } from "../../../src/model/board/initial-state";
import { told } from "../../states";

test("base64 gives the bytes it was made of", () => {
  expect([...(decodeBase64("AAECA/8=") ?? [])]).toEqual([0, 1, 2, 3, 255]);
  expect(decodeBase64("%")).toBeNull();
});

test("a request id of 16 bytes has 22 characters of the URL alphabet", () => {
  expect(encodeBase64Url(new Uint8Array(16).fill(255))).toBe("_____________________w");
});

test("a snapshot is read with its settings and what concerns the person", () => {
  const state = parseInitialState(told);
  expect(state).toMatchObject({ epoch: "e", seq: 5, token: "t", userCount: 2 });
  expect(state?.content).toEqual(Uint8Array.of(0, 1, 2, 0, 0, 1));
  expect(state?.allowance).toEqual({ remaining: 3, retryInMs: 0 });
});

test("the thesis's board, an array with one size for both sides, is read too", () => {
  const { width, height, ...thesis } = told;
  const state = parseInitialState({ ...thesis, board: [0, 1, 2, 0, 0, 1, 2, 2, 2] });
  expect(state?.settings).toMatchObject({ width: 3, height: 3 });
});

test("a delta stands in the place of the board", () => {
  const { board, ...rest } = told;
  const state = parseInitialState({ ...rest, delta: { from: 3, to: 5, pixels: "1,1,2" } });
  expect(state?.content).toEqual({ from: 3, to: 5, pixels: Uint16Array.of(1, 1, 2) });
});

test.each([
  ["nothing", null],
  ["an array", []],
  ["a board of another size", { ...told, board: btoa("12345") }],
  ["a board that is not base64", { ...told, board: "%%" }],
  ["no board", { ...told, board: undefined }],
  ["a broken delta", { ...told, delta: { from: 9, to: 5, pixels: "" } }],
  ["no epoch", { ...told, epoch: undefined }],
  ["a negative seq", { ...told, seq: -1 }],
  ["one colour", { ...told, colors: ["#FFFFFF"] }],
  ["a colour that could be anything", { ...told, colors: ["red", "#000000"] }],
  ["a size that would exhaust a phone", { ...told, width: 1e6 }],
])("%s is not a state", (_, value) => {
  expect(parseInitialState(value)).toBeNull();
});

test("a refused join says why and when to come back", () => {
  expect(parseJoinAnswer({ ok: false, code: "busy", message: "", retryIn: 900 })).toEqual({
    ok: false,
    code: "busy",
    retryInMs: 900,
  });
  expect(parseJoinAnswer("nonsense")).toEqual({ ok: false, code: "unknown" });
});

test("a sync is answered by a delta or by a whole state", () => {
  expect(parseSyncAnswer({ epoch: "e", from: 5, to: 6, pixels: "0,0,1" })).toMatchObject({
    epoch: "e",
    to: 6,
  });
  expect(parseSyncAnswer({ initialState: told })).toMatchObject({ epoch: "e", seq: 5 });
  expect(parseSyncAnswer({ epoch: "e", from: 5, to: 6, pixels: "0,0" })).toMatchObject({ ok: false });
});

test("a placement's answer is a confirmation with numbers, or a refusal", () => {
  expect(parsePlaceAnswer({ ok: true, seq: 6, remainingPixels: 2, retryIn: 9000 })).toEqual({
    ok: true,
    seq: 6,
    remaining: 2,
    retryInMs: 9000,
  });
  expect(parsePlaceAnswer({ ok: true })).toEqual({ ok: false, code: "unknown" });
  expect(parsePlaceAnswer(undefined)).toEqual({ ok: false, code: "unknown" });
});
