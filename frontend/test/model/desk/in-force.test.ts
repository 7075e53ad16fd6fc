import { expect, test } from "vitest";
import { nextEndInMs, parseInForce } from "../../../src/model/desk/in-force";

const NOON = new Date("2026-11-28T12:00:00Z");
const area = { x: 10, y: 20, width: 30, height: 40 };
const told = {
  panic: true,
  bans: [{ seq: 3, undo: 9, people: ["bee-1", "bee-2"], reason: "spam", until: "2026-11-28T13:00:00Z" }],
  zones: [{ seq: 4, undo: 4, area, closed: true, reason: "", until: null }],
  announcements: [{ seq: 5, undo: 5, texts: { en: "Hello", de: "Hallo" }, until: "2026-11-28T12:10:00Z" }],
  mutes: [{ person: "bee-3", by: "Mia", report: 7, until: "2026-11-28T14:00:00Z" }],
};

test("all that is in force is one list, each with what ends it", () => {
  const items = parseInForce(told);
  expect(items.map(({ kind }) => kind)).toEqual(["panic", "ban", "zone", "announce", "mute"]);
  expect(items.map(({ about }) => about)).toEqual([[], ["bee-1", "bee-2"], [], ["Hello"], ["bee-3"]]);
  expect(items.map(({ ending }) => ending)).toEqual([
    { by: "panic" },
    { by: "undo", seq: 9 },
    { by: "undo", seq: 4 },
    { by: "undo", seq: 5 },
    { by: "mute", report: 7 },
  ]);
  expect([items[2]?.area, items[2]?.until]).toEqual([area, null]);
});

test("the list is looked at again when the next of it ends", () => {
  expect(nextEndInMs(parseInForce(told), NOON)).toBe(600_000);
  expect(nextEndInMs(parseInForce(told), new Date("2026-11-28T20:00:00Z"))).toBe(0);
  expect(nextEndInMs(parseInForce({ zones: told.zones }), NOON)).toBe(null);
});

test.each([{}, { panic: 1, bans: {}, zones: [null], announcements: "x", mutes: 3 }])(
  "%j is nothing",
  (body) => {
    expect(parseInForce(body)).toEqual([]);
  },
);
