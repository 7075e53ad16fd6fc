import { expect, test } from "vitest";
import { Latencies, ServerClock } from "../../../src/model/wall/server-clock";

test("the server's time is that of the quickest answer, with half its round trip as the doubt", () => {
  let local = 1000;
  const clock = new ServerClock(() => local);
  expect([clock.nowMs, clock.errorMs]).toEqual([1000, Number.POSITIVE_INFINITY]);
  clock.sample(1000, 1400, 500_200);
  clock.sample(2000, 2020, 501_010);
  clock.sample(3000, 3900, 502_900);
  expect([clock.onServer(2010), clock.errorMs]).toEqual([501_010, 10]);
  local = 5000;
  expect(clock.nowMs).toBe(504_000);
  clock.sample(6000, 5000, 1);
  clock.sample(6000, 6001, Number.NaN);
  expect(clock.nowMs).toBe(504_000);
});

test("the ways of the last placements have a middle and a worst", () => {
  const latencies = new Latencies();
  expect([latencies.count, latencies.medianMs, latencies.worstMs]).toEqual([0, 0, 0]);
  for (const ms of [90, 80, 300, -5, 100]) latencies.add(ms);
  expect([latencies.count, latencies.medianMs, latencies.worstMs]).toEqual([5, 90, 300]);
  for (let index = 0; index < 60; index++) latencies.add(50);
  expect([latencies.count, latencies.worstMs]).toEqual([50, 50]);
});
