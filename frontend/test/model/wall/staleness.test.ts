import { expect, test } from "vitest";
import { Staleness } from "../../../src/model/wall/staleness";

const QUARTER_TO_TEN_MS = Date.UTC(2026, 6, 4, 21, 45);

test("a display tells since when it may be old, by the server's clock, but not of a blink", () => {
  let ms = 0;
  const staleness = new Staleness(
    () => ms,
    () => QUARTER_TO_TEN_MS + ms,
  );
  staleness.current();
  ms += 60_000;
  staleness.current();
  ms += 4000;
  staleness.lost();
  expect(staleness.since).toBe(null);
  ms += 120_000;
  staleness.lost();
  expect([staleness.since, staleness.ms]).toEqual([new Date(QUARTER_TO_TEN_MS + 60_000), 120_000]);
  staleness.current();
  expect([staleness.since, staleness.ms]).toEqual([null, 0]);
});

test("a picture from before says its own time, until it is current", () => {
  let ms = 0;
  const staleness = new Staleness(
    () => ms,
    () => QUARTER_TO_TEN_MS + ms,
  );
  const kept = new Date(2026, 6, 4, 20, 15);
  staleness.asOf(kept);
  expect(staleness.since).toBe(null);
  ms += 2000;
  expect(staleness.since).toBe(kept);
  staleness.current();
  staleness.lost();
  ms += 2000;
  expect(staleness.since).toEqual(new Date(QUARTER_TO_TEN_MS + 2000));
});
