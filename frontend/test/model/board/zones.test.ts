import { expect, test } from "vitest";
import { announcementIn, parseAnnouncement } from "../../../src/model/board/announcement";
import { parseZones, zoneAt } from "../../../src/model/board/zones";

const AREA = { x: 2, y: 3, width: 4, height: 5 };
const told = { id: 7, ...AREA, closed: true, reason: "the stage's", until: null };

test("zones are read as they are told, and what is none is left out", () => {
  const zone = { id: 7, ...AREA, closed: true, reason: "the stage's" };
  expect(parseZones([told, null, { ...told, x: -1 }, { id: 8, ...AREA }])).toEqual([
    zone,
    { id: 8, ...AREA, closed: false, reason: "" },
  ]);
  expect(parseZones("zones")).toEqual([]);
  expect(parseZones(parseZones([told]))).toEqual([zone]);
});

test("at a pixel a closed zone counts before others, and the newest of several", () => {
  const zones = parseZones([
    { ...told, id: 1 },
    { ...told, id: 2 },
    { ...told, id: 3, closed: false },
  ]);
  expect(zoneAt(zones, { x: 2, y: 3 })?.id).toBe(2);
  expect(zoneAt(zones.slice(2), { x: 5, y: 7 })?.id).toBe(3);
  expect([zoneAt(zones, { x: 6, y: 3 }), zoneAt(zones, { x: 2, y: 8 })]).toEqual([null, null]);
});

test("an announcement is in the page's language, else in English, else in the first there is", () => {
  const both = parseAnnouncement({ id: 1, texts: { de: "Hallo", en: "Hello" }, until: null });
  expect(["de", "fr"].map((language) => announcementIn(language, both))).toEqual(["Hallo", "Hello"]);
  expect(announcementIn("fr", parseAnnouncement({ id: 1, texts: { und: "Salve" } }))).toBe("Salve");
  expect(announcementIn("fr", parseAnnouncement({ id: 1, texts: {} }))).toBe("");
  expect(parseAnnouncement(null)).toBe(null);
});
