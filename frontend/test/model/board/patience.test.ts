import { expect, test } from "vitest";
import { Patience } from "../../../src/model/board/patience";

test("after a silence the other transport comes first", () => {
  const patience = new Patience();
  expect(patience.transports).toEqual(["websocket", "polling"]);
  patience.silence();
  expect(patience.transports).toEqual(["polling", "websocket"]);
  patience.silence();
  expect(patience.transports).toEqual(["websocket", "polling"]);
});

test("a WebSocket that took over from polling is begun with from then on", () => {
  const patience = new Patience();
  patience.silence();
  patience.upgraded();
  expect(patience.transports).toEqual(["websocket", "polling"]);
});

test("waits longer once both were silent, never very long, and as at first after an answer", () => {
  const patience = new Patience();
  const first = patience.limitMs;
  patience.silence();
  expect(patience.limitMs).toBe(first);
  patience.silence();
  expect(patience.limitMs).toBe(first * 1.5);
  for (let count = 0; count < 50; count++) patience.silence();
  expect(patience.limitMs).toBe(20_000);
  patience.spoke();
  expect(patience.limitMs).toBe(first);
});
