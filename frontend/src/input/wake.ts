/** Tells when the page may have missed something: it slept, was hidden, or the network or a clock made a step. */
import type { PageClock } from "../model/page-clock";

const TICK_MS = 1000;
/** A tick this late was not a busy moment: the device slept. */
const SLEPT_MS = 10_000;

/** `doubted` tells beside it that no time known here can be relied upon. */
export function listenForWaking(clock: PageClock, woke: (doubted: boolean) => void): void {
  let { doubts } = clock;
  let hiddenMs = 0;
  const wake = () => {
    const doubted = clock.doubts !== doubts;
    doubts = clock.doubts;
    woke(doubted);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenMs = clock.nowMs();
    else if (clock.nowMs() - hiddenMs > 1000) wake();
  });
  addEventListener("online", wake);
  addEventListener("offline", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  // A laptop or a wall that slept says nothing.
  let lastTickMs = clock.nowMs();
  setInterval(() => {
    const lateMs = clock.nowMs() - lastTickMs - TICK_MS;
    lastTickMs = clock.nowMs();
    if ((lateMs > SLEPT_MS || clock.doubts !== doubts) && !document.hidden) wake();
  }, TICK_MS);
}
