import { expect, test } from "vitest";
import { parseJoinAnswer, parsePlaceAnswer, parseSyncAnswer } from "../../../src/model/board/answers";
import { JOINED } from "../../states";

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
  expect(parseSyncAnswer({ initialState: JOINED })).toMatchObject({ epoch: "e", seq: 5 });
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

test("a ban says why, and until when if it ends", () => {
  const told = { ok: false, code: "banned", message: "", reason: "a flood", until: "2026-11-28T22:15:00Z" };
  const until = new Date(Date.UTC(2026, 10, 28, 22, 15));
  expect(parseJoinAnswer({ ...told, retryIn: 5 })).toEqual({
    ok: false,
    code: "banned",
    retryInMs: 5,
    ban: { reason: "a flood", until },
  });
  expect(parsePlaceAnswer({ ...told, until: null })).toMatchObject({
    ban: { reason: "a flood", until: null },
  });
  expect(parsePlaceAnswer({ ...told, reason: 1, until: "soon" })).toMatchObject({
    ban: { reason: "", until: null },
  });
});
