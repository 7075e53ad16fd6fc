/** What the test pattern says of its screen: which one it is, whether its window is as large as it should be, how late it is. */
import type { Say } from "../../texts/i18n";
import type { Size } from "../geometry";
import type { Latencies, ServerClock } from "./server-clock";
import type { ScreenSetup, WallScreen } from "./setup";

export interface TestWords {
  readonly number: string;
  readonly count: string;
  readonly size: string;
  readonly window: string;
  readonly latency: string;
}

export interface TestedScreen {
  readonly setup: ScreenSetup;
  readonly position: WallScreen;
  /** In dots, as the screen hangs. */
  readonly window: Size;
  readonly latencies: Latencies;
  readonly clock: ServerClock;
}

export function testWords({ setup, position, window, latencies, clock }: TestedScreen, say: Say): TestWords {
  const { wall, screen } = position;
  const row = Math.ceil(screen / wall.columns);
  const place = say("test.place", { row, column: screen - (row - 1) * wall.columns });
  const fits = window.width === wall.width && window.height === wall.height;
  const rounded = {
    median: Math.round(latencies.medianMs),
    worst: Math.round(latencies.worstMs),
    of: latencies.count,
    error: Math.ceil(clock.errorMs),
  };
  const delay = setup.delaySeconds ? `${say("test.delay", { seconds: setup.delaySeconds })} · ` : "";
  return {
    number: String(screen),
    count: `${say("test.screen", { count: wall.columns * wall.rows })} · ${place}`,
    size: say("test.size", { width: wall.width, height: wall.height, turn: setup.turn }),
    window: fits ? "" : say("test.window", { ...window }),
    latency:
      delay +
      (latencies.count > 0 && Number.isFinite(clock.errorMs)
        ? say("test.latency", rounded)
        : say("test.noLatency")),
  };
}
