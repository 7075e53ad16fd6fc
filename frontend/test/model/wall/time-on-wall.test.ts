import { expect, test } from "vitest";
import { timeOnWall } from "../../../src/model/wall/time-on-wall";

test("a time is that of the event's zone, whatever the machine's is", () => {
  const moment = new Date(Date.UTC(2026, 6, 4, 22, 5));
  expect(timeOnWall(moment, "Europe/Zurich")).toBe("00:05");
  expect(timeOnWall(moment, "America/New_York")).toBe("18:05");
  expect(timeOnWall(moment, null)).toMatch(/^\d\d:05$/);
});
