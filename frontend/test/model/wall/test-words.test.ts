import { expect, test } from "vitest";
import { Latencies, ServerClock } from "../../../src/model/wall/server-clock";
import { DEFAULT_PROGRAMME } from "../../../src/model/wall/setup";
import { type TestedScreen, testWords } from "../../../src/model/wall/test-words";
import { display } from "../../../src/texts/display";
import { type Say, Translator } from "../../../src/texts/i18n";

const say = new Translator(display, "en").say as Say;
const wall = { width: 400, height: 300, columns: 3, rows: 2, gapX: 0, gapY: 0 };

function screen(delaySeconds: number): TestedScreen {
  const position = { wall, screen: 5 };
  return {
    setup: { ...DEFAULT_PROGRAMME, delaySeconds, wallScreen: position, turn: 90, test: true },
    position,
    window: { width: 400, height: 300 },
    latencies: new Latencies(),
    clock: new ServerClock(() => 0),
  };
}

test("a screen says which one it is, and a window of another size that it is", () => {
  const words = testWords(screen(0), say);
  expect([words.number, words.window, words.latency]).toEqual(["5", "", say("test.noLatency")]);
  expect(words.count).toContain(say("test.place", { row: 2, column: 2 }));
  const smaller = testWords({ ...screen(0), window: { width: 399, height: 300 } }, say);
  expect(smaller.window).toBe(say("test.window", { width: 399, height: 300 }));
});

test("how late a screen is stands behind how late it is meant to be", () => {
  const late = screen(20);
  late.latencies.add(130.4);
  late.clock.sample(0, 9, 0);
  const { latency } = testWords(late, say);
  const measured = say("test.latency", { median: 130, worst: 130, of: 1, error: 5 });
  expect(latency).toBe(`${say("test.delay", { seconds: 20 })} · ${measured}`);
});
