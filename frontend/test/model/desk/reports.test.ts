import { expect, test } from "vitest";
import { mainPerson, parseEvidence, parseReports } from "../../../src/model/desk/reports";

const AREA = { x: 1, y: 2, width: 3, height: 4 };
const AT = "2026-11-28T20:15:00.000Z";
const PERSON = { person: "bee-00000001", pixels: 9, shown: 1, first: AT, last: AT };

test("a report says what it is about, and who works on it", () => {
  const told = { number: 7, at: AT, area: AREA, reason: "hate", reporterMuted: true };
  const claim = { by: "Anna", yours: true };
  const [mine, nobodys] = parseReports({ reports: [{ ...told, claim }, { ...told, claim: null }, 5] });
  expect(mine).toMatchObject({
    number: 7,
    area: AREA,
    isReporterMuted: true,
    claimedBy: "Anna",
    isClaimedByMe: true,
  });
  expect(nobodys).toMatchObject({ claimedBy: null, isClaimedByMe: false });
  expect(parseReports({})).toEqual([]);
});

test("evidence without its steps or its selection is none", () => {
  const steps = { offsets: [0, 5], colors: [1, 2] };
  const told = {
    before: "b",
    after: "a",
    palette: ["#000000"],
    people: [PERSON],
    steps,
    selection: { from: 3 },
  };
  expect(parseEvidence(told)).toMatchObject({ offsets: [0, 5], colors: [1, 2], selection: { from: 3 } });
  expect(parseEvidence({ ...told, steps: null })).toBeNull();
  expect(parseEvidence({ ...told, selection: 1 })).toBeNull();
});

test("the main person is the one whose pixels most of those are that were to be seen", () => {
  const first = { ...PERSON, first: new Date(AT), last: new Date(AT) };
  const other = { ...first, person: "bee-00000002", pixels: 2, shown: 2 };
  expect([mainPerson([first, other]), mainPerson([first]), mainPerson([])]).toEqual([
    "bee-00000002",
    "bee-00000001",
    null,
  ]);
});
