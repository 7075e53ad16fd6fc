import { describe, expect, test } from "vitest";
import { AGES, type Filters, formOf } from "../../../src/model/desk/selection";

const NOW = new Date("2026-11-28T20:15:00.000Z");
const ALL: Filters = { area: null, sinceMinutes: null, untilMinutes: 0, people: new Map() };

describe("the form of a selection", () => {
  test("has nothing where everything is meant", () => expect(formOf(ALL, NOW)).toEqual({}));

  test("has an area, and a time as moments", () => {
    const area = { x: 1, y: 2, width: 3, height: 4 };
    expect(formOf({ ...ALL, area, sinceMinutes: 15, untilMinutes: 5 }, NOW)).toEqual({
      area,
      since: "2026-11-28T20:00:00.000Z",
      until: "2026-11-28T20:10:00.000Z",
    });
  });

  test("tells people in from people out", () => {
    const people = new Map([
      ["bee-1", "in"],
      ["bee-2", "out"],
      ["bee-3", "in"],
    ] as const);
    expect(formOf({ ...ALL, people }, NOW)).toEqual({ people: ["bee-1", "bee-3"], except: ["bee-2"] });
  });
});

test("the sliders go from now to the beginning, each step further back", () => {
  expect(AGES[0]).toBe(0);
  expect(AGES[AGES.length - 1]).toBeNull();
  const minutes = AGES.slice(0, -1).map(Number);
  expect(minutes).toEqual([...new Set(minutes)].sort((a, b) => a - b));
});
