import { expect, test } from "vitest";
import { Saving } from "../../../src/model/draw/saving";

test("saving is paused for as long as the server says, or until it saved", () => {
  let now = 0;
  const saving = new Saving(() => now);
  saving.answered({ ok: false, code: "cooldown", retryInMs: 9000 });
  expect(saving.paused).toBe(false);
  saving.answered({ ok: false, code: "store_unavailable", retryInMs: 2000 });
  expect(saving.paused).toBe(true);
  now = 2000;
  expect(saving.paused).toBe(false);
  saving.answered({ ok: false, code: "store_unavailable" });
  expect(saving.paused).toBe(true);
  saving.answered({ ok: true, seq: 1, remaining: 1, retryInMs: 0 });
  expect(saving.paused).toBe(false);
});

test("a pause that the server tells of ends when it says so, and by itself when its end is not heard", () => {
  let now = 0;
  const saving = new Saving(() => now);
  saving.update(false);
  now = 9_999;
  expect(saving.paused).toBe(true);
  saving.update(true);
  expect(saving.paused).toBe(false);
  saving.update(false);
  now += 10_000;
  expect(saving.paused).toBe(false);
});
