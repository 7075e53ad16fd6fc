import { expect, test } from "vitest";
import { LOST_MS, parseKeptSafeState, SafeState } from "../../../src/model/wall/safe-state";

function screen(): { state: SafeState; later(ms: number): void } {
  let now = 0;
  return {
    state: new SafeState(() => now),
    later: (ms) => {
      now += ms;
    },
  };
}

test("panic is shown whether or not the server can be reached, and with or without a picture", () => {
  const { state, later } = screen();
  state.reached();
  state.adopt(true, null);
  expect(state.shown).toBe(true);
  state.lost();
  later(10 * LOST_MS);
  expect(state.shown).toBe(true);
  state.adopt(false, { seq: 1, armed: false });
  expect(state.shown).toBe(false);
});

test("an armed screen that loses the server shows it after a while, and no longer once it is back", () => {
  const { state, later } = screen();
  state.adopt(false, { seq: 1, armed: true });
  state.reached();
  later(10 * LOST_MS);
  expect(state.shown).toBe(false);
  state.lost();
  later(LOST_MS - 1);
  state.lost();
  expect(state.shown).toBe(false);
  later(1);
  expect(state.shown).toBe(true);
  state.reached();
  expect(state.shown).toBe(false);
});

test("a screen that starts without the server is one that has lost it", () => {
  const { state, later } = screen();
  state.adopt(false, { seq: 1, armed: true });
  later(LOST_MS);
  expect(state.shown).toBe(true);
});

test("what was kept is read, and nothing else", () => {
  const kept = { panic: true, picture: { seq: 3, armed: true }, png: "data:image/png;base64," };
  expect(parseKeptSafeState(kept)).toEqual(kept);
  expect(parseKeptSafeState({ ...kept, picture: { seq: "3" } })?.picture).toBe(null);
  for (const other of [null, [], {}, { ...kept, panic: 1 }, { ...kept, png: null }])
    expect(parseKeptSafeState(other)).toBe(null);
});
