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

test("what was measured long ago is known less exactly, and the newer counts in the end", () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.sample(0, 20, 1_000_010);
  expect(clock.errorMs).toBe(10);
  local = 20 + 100_000;
  expect(clock.errorMs).toBe(30);
  clock.sample(local - 40, local, 1_000_000 + local - 20 + 5);
  expect([clock.nowMs, clock.errorMs]).toEqual([1_000_000 + local + 5, 20]);
});

test("after a doubt the clock claims nothing until the next answer", () => {
  const clock = new ServerClock(() => 5000);
  clock.sample(4000, 4020, 1_004_010);
  clock.doubt();
  expect([clock.nowMs, clock.errorMs]).toEqual([1_005_000, Number.POSITIVE_INFINITY]);
  clock.sample(4600, 5000, 2_004_800);
  expect([clock.nowMs, clock.errorMs]).toEqual([2_005_000, 200]);
});

test("a server's clock that was set is believed at once, however quick the answers before were", () => {
  const clock = new ServerClock(() => 10_000);
  clock.sample(9000, 9002, 1_009_001);
  clock.sample(9600, 10_000, 4_609_800);
  expect(clock.nowMs).toBe(4_610_000);
});
