import { expect, test } from "vitest";
import { parseActions, parseAuthors, parseNewestGroup, parsePreview } from "../../../src/model/desk/findings";

test("a preview keeps the settled selection, which the rewind will have", () => {
  const selection = { from: 3, to: 9 };
  const body = { pixels: 5, people: 2, left: 1, picture: "data:image/png;base64,AA", selection };
  expect(parsePreview(body)).toEqual(body);
  expect(parsePreview({ pixels: 5 })).toBeNull();
});

test("authors have their share, and when they drew", () => {
  const author = { person: "bee-0011", name: "bee-0011", pixels: 3, share: 0.75 };
  const [read] = parseAuthors({
    people: [{ ...author, first: "2026-11-28T20:00:00Z", last: "2026-11-28T20:05:00Z" }, 7],
  });
  expect(read).toMatchObject(author);
  expect(Number(read?.last) - Number(read?.first)).toBe(300_000);
  expect(parseAuthors({})).toEqual([]);
});

test("the newest group is a selection's people and area", () => {
  const area = { x: 1, y: 2, width: 3, height: 4 };
  const groups = [
    { people: ["bee-00000000"], area: { ...area, x: 9 } },
    { people: ["bee-00112233", 7], area },
  ];
  expect(parseNewestGroup({ groups })).toEqual({ people: ["bee-00112233"], area });
  expect(parseNewestGroup({ groups: [{ people: [], area: { x: "1" } }] })).toBeNull();
  expect(parseNewestGroup({})).toBeNull();
});

test("an action says whether it is undone, and what it undid", () => {
  const [undo, rewind] = parseActions({
    actions: [
      {
        seq: 9,
        kind: "undo",
        by: "Anna",
        reason: "",
        at: "2026-11-28T20:00:00Z",
        undoneBy: null,
        undoes: 7,
        changed: 4,
      },
      { seq: 7, kind: "rewind", by: null, reason: "spam", at: "2026-11-28T20:00:00Z", undoneBy: 9, left: 2 },
    ],
  });
  expect([undo?.isUndone, undo?.undoes, undo?.changed, undo?.left]).toEqual([false, 7, 4, null]);
  expect([rewind?.isUndone, rewind?.undoes, rewind?.by, rewind?.left]).toEqual([true, null, "", 2]);
});
