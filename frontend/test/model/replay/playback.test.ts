/** Time as a replay has it. */
import { expect, test } from "vitest";
import { formatMoment, parseMoment } from "../../../src/model/replay/moment-hash";
import { Playback } from "../../../src/model/replay/playback";

test("it runs at its speed and stops at the end", () => {
  const playback = new Playback(1_000, 100_000, 1_000);
  playback.speed = 60;
  playback.run(1_000, null);
  expect(playback.atMs).toBe(1_000);
  playback.play();
  playback.run(1_000, 2_000);
  expect([playback.atMs, playback.playing]).toEqual([61_000, true]);
  playback.run(1_000, null);
  expect([playback.atMs, playback.playing]).toEqual([100_000, false]);
  playback.play();
  expect(playback.atMs).toBe(1_000);
});

test("idle stretches are skipped where that is wished", () => {
  const playback = new Playback(0, 10_000_000, 0);
  playback.speed = 10;
  playback.play();
  playback.run(100, 9_000_000);
  expect(playback.atMs).toBe(9_000_000);
  playback.seek(0);
  playback.skipsIdle = false;
  playback.run(100, 9_000_000);
  expect(playback.atMs).toBe(1_000);
});

test("a moment's address says when and where", () => {
  const view = { at: { x: 12.5, y: 3 }, scale: 8.25 };
  expect(parseMoment(formatMoment(1_700_000_123_456, view))).toEqual({
    atMs: 1_700_000_123_000,
    lastMinutes: null,
    view,
  });
  expect(parseMoment("#last=60")).toEqual({ atMs: null, lastMinutes: 60, view: null });
  for (const wrong of ["", "#", "#t=x", "#t=1e5", "#at=1,2", "#at=1,2,0", "#t", "#t=9999999999999999"])
    expect(parseMoment(wrong)).toEqual({ atMs: null, lastMinutes: null, view: null });
});
