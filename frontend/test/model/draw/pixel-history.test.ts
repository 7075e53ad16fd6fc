import { expect, test } from "vitest";
import { parseHistory, sayAgo } from "../../../src/model/draw/pixel-history";

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
