import { expect, test } from "vitest";
import { type DrawState, lastingNotice, placeLabel } from "../../../src/model/draw/draw-state";
import { draw } from "../../../src/texts/draw";
import { Translator } from "../../../src/texts/i18n";

const { say: speak } = new Translator(draw, "en");
const say = (key: string, parts?: Record<string, string | number>) => speak(key as "place", parts);

const state: DrawState = {
  connection: "live",
  online: true,
  since: null,
  readOnly: false,
  panic: false,
  ban: null,
  outside: false,
  byCode: true,
  zone: null,
  announcement: "",
  savingPaused: false,
  joined: true,
  remaining: 2,
  maxPixels: 3,
  unlimited: false,
  retryInMs: 0,
  chosen: { x: 1, y: 2 },
  canPlace: true,
};

test.each([
  [{}, "Place", ""],
  [{ chosen: null }, "Choose a pixel", ""],
  [{ remaining: 0, retryInMs: 7200 }, "Wait 8 s", ""],
  [{ outside: true }, "Come in", "To draw, scan the code on the big screen, or type its letters."],
  [
    { outside: true, remaining: 0 },
    "Come in",
    "To draw, scan the code on the big screen, or type its letters.",
  ],
  [{ outside: true, byCode: false }, "Come in", "To draw, come in first: it takes a moment."],
  [{ readOnly: true }, "Closed", "Drawing is closed. The board is read-only at the moment."],
  [{ readOnly: true, panic: true }, "Paused", "Drawing is paused for a moment. It goes on soon."],
  [
    { ban: { reason: "a flood", until: "22:15" } },
    "Closed",
    "You may not place pixels on this board. The organisers say: a flood. Until 22:15.",
  ],
  [
    { zone: { closed: true, reason: "the stage's" } },
    "Closed",
    "This area is protected. The organisers say: the stage's.",
  ],
  [{ zone: { closed: false, reason: "" } }, "Place", "This area has rules of its own."],
  [{ announcement: "The bar closes" }, "Place", "The bar closes"],
  [{ ban: { reason: "", until: null } }, "Closed", "You may not place pixels on this board."],
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
  [
    { connection: "resting" },
    "Resting",
    "This page rests: the board is open too many times for one person. Touch it to go on here.",
  ],
  [{ connection: "reconnecting", joined: false }, "Offline", "The server cannot be reached. Trying again…"],
  [{ connection: "connecting", joined: false }, "Connecting", ""],
] as const)("%j is told as %s", (changes, label, notice) => {
  const view = { ...state, ...changes } as DrawState;
  expect([placeLabel(view, say), lastingNotice(view, say)]).toEqual([label, notice]);
});
