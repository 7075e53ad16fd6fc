import { expect, test } from "vitest";
import { parseFirstView } from "../../../src/model/board/first-view";
import { parseAllowanceState } from "../../../src/model/draw/allowance";
import { type DrawState, lastingNotice, placeLabel } from "../../../src/model/draw/draw-state";
import { OwnPixels } from "../../../src/model/draw/own-pixels";
import { parseHistory, sayAgo } from "../../../src/model/draw/pixel-history";
import { Saving } from "../../../src/model/draw/saving";
import { DEFAULT_PREFERENCES, languageOf, parsePreferences } from "../../../src/model/preferences";
import { draw } from "../../../src/texts/draw";
import { Translator } from "../../../src/texts/i18n";
import { told } from "../../states";

const { say: speak } = new Translator(draw, "en");
const say = (key: string, parts?: Record<string, string | number>) => speak(key as "place", parts);

test("what is chosen is kept as it is", () => {
  const chosen = { ...DEFAULT_PREFERENCES, language: "it", theme: "night", hand: "left", sound: true };
  expect(parsePreferences(JSON.stringify(chosen))).toEqual({ preferences: chosen, broken: false });
  expect(parsePreferences(null)).toEqual({ preferences: DEFAULT_PREFERENCES, broken: false });
});

test.each(["", "{", "[]", "7", "null", '"dark"'])("%j in the storage is the usual, and said", (text) => {
  expect(parsePreferences(text)).toEqual({ preferences: DEFAULT_PREFERENCES, broken: true });
});

test("of settings that are partly broken the good ones are kept, and unknown ones ignored", () => {
  const text =
    '{"theme":"pink","hand":"left","sound":"yes","__proto__":{"grid":false},"constructor":1,"later":2}';
  expect(parsePreferences(text)).toEqual({
    preferences: { ...DEFAULT_PREFERENCES, hand: "left" },
    broken: true,
  });
  expect(parsePreferences('{"later":2}').broken).toBe(false);
});

test("the browser's language counts until another is chosen", () => {
  expect(languageOf(DEFAULT_PREFERENCES, ["fr-CH"])).toBe("fr");
  expect(languageOf({ ...DEFAULT_PREFERENCES, language: "de" }, ["fr-CH"])).toBe("de");
});

const state: DrawState = {
  connection: "live",
  online: true,
  since: null,
  readOnly: false,
  savingPaused: false,
  loaded: true,
  remaining: 2,
  maxPixels: 3,
  retryInMs: 0,
  chosen: { x: 1, y: 2 },
  canPlace: true,
};

test.each([
  [{}, "Place", ""],
  [{ chosen: null }, "Choose a pixel", ""],
  [{ remaining: 0, retryInMs: 7200 }, "Wait 8 s", ""],
  [{ readOnly: true }, "Closed", "Drawing is closed. The board is read-only at the moment."],
  [{ savingPaused: true }, "Paused", "Saving is paused. Nothing can be placed at the moment."],
  [
    { connection: "reconnecting", since: "21:45" },
    "Offline",
    "The connection was lost. Reconnecting… What you see is from 21:45.",
  ],
  [
    { connection: "reconnecting", online: false },
    "Offline",
    "Your device is offline. The board waits for the network.",
  ],
  [{ connection: "reconnecting", loaded: false }, "Offline", "The server cannot be reached. Trying again…"],
  [{ connection: "connecting", loaded: false }, "Connecting", ""],
] as const)("%j is told as %s", (changes, label, notice) => {
  const view = { ...state, ...changes } as DrawState;
  expect([placeLabel(view, say), lastingNotice(view, say)]).toEqual([label, notice]);
});

test("saving is paused for as long as the server says, or until it saved", () => {
  let now = 0;
  const saving = new Saving(() => now);
  saving.answered({ ok: false, code: "cooldown", retryInMs: 9000 });
  expect(saving.paused).toBe(false);
  saving.answered({ ok: false, code: "store_unavailable", retryInMs: 2000 });
  expect(saving.paused).toBe(true);
  now = 2000;
  expect(saving.paused).toBe(false);
  saving.answered({ ok: false, code: "store_unavailable" });
  expect(saving.paused).toBe(true);
  saving.answered({ ok: true, seq: 1, remaining: 1, retryInMs: 0 });
  expect(saving.paused).toBe(false);
});

test("a pause that the server tells of ends when it says so, and by itself when its end is not heard", () => {
  let now = 0;
  const saving = new Saving(() => now);
  saving.update(false);
  now = 9_999;
  expect(saving.paused).toBe(true);
  saving.update(true);
  expect(saving.paused).toBe(false);
  saving.update(false);
  now += 10_000;
  expect(saving.paused).toBe(false);
});

test("what another tab says of the allowance is believed only when it makes sense", () => {
  expect(parseAllowanceState({ remaining: 2, retryInMs: 1500.5 })).toEqual({
    remaining: 2,
    retryInMs: 1500.5,
  });
  for (const wrong of [null, 7, {}, { remaining: -1, retryInMs: 0 }, { remaining: 1, retryInMs: "1" }]) {
    expect(parseAllowanceState(wrong)).toBeNull();
  }
});

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

test("a pixel's history is dated by the server's clock", () => {
  const placed = { seq: 7, kind: "placement", color: 5, hex: "#E50000", at: 1_000_000, by: "bee-1" };
  const filled = { ...placed, kind: "area", by: "organiser" };
  const answer = { changes: [placed, filled, { ...placed, hex: "red" }, null] };
  expect(parseHistory(answer, 1_061_000)).toEqual([
    { seq: 7, by: "bee-1", byOrganiser: false, hex: "#E50000", agoMs: 61_000 },
    { seq: 7, by: "organiser", byOrganiser: true, hex: "#E50000", agoMs: 61_000 },
  ]);
  expect(parseHistory({ changes: [placed] }, 0)?.[0]?.agoMs).toBe(0);
  expect([parseHistory(null, 0), parseHistory({ changes: 1 }, 0)]).toEqual([null, null]);
});

test("how long ago is said in the person's language", () => {
  expect([sayAgo(0, "en"), sayAgo(61_000, "en"), sayAgo(7_300_000, "de"), sayAgo(90_000_000, "fr")]).toEqual([
    "now",
    "1 minute ago",
    "vor 2 Stunden",
    "hier",
  ]);
});

test("a snapshot and a configuration make a view only when they speak of the same board", () => {
  const pixels = new Uint8Array(6);
  expect(parseFirstView(told, '"e:5"', pixels)).toMatchObject({ epoch: "e", seq: 5, pixels });
  expect(parseFirstView(told, 'W/"e:5"', pixels)?.seq).toBe(5);
  expect(parseFirstView({ ...told, epoch: "f" }, '"e:5"', pixels)).toBeNull();
  expect(parseFirstView(told, '"e:5"', new Uint8Array(5))).toBeNull();
  expect(parseFirstView(told, "", pixels)).toBeNull();
  expect(parseFirstView("x", '"e:5"', pixels)).toBeNull();
});
