import { expect, test } from "vitest";
import { shouldReload } from "../../../src/model/wall/reload";

test("a display reloads after a day when it is quiet, and when it is stuck; never while all is well", () => {
  const well = { upMs: 3_600_000, quietMs: 0, staleMs: 0, errors: 0 };
  const day = 25 * 3_600_000;
  expect(shouldReload(well)).toBe(false);
  expect(shouldReload({ ...well, upMs: day })).toBe(false);
  expect(shouldReload({ ...well, upMs: day, quietMs: 60_000 })).toBe(true);
  expect(shouldReload({ ...well, staleMs: 200_000 })).toBe(true);
  expect(shouldReload({ ...well, errors: 25 })).toBe(true);
  expect(shouldReload({ ...well, upMs: 60_000, staleMs: 60_000 })).toBe(false);
});
