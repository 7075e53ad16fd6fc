/** Tells when the page may have missed something: it slept, was hidden, or the network went or came. */

const TICK_MS = 2000;
/** A tick this late was not a busy moment: the device slept. */
const SLEPT_MS = 10_000;

export function listenForWaking(woke: () => void): void {
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > 1000) woke();
  });
  addEventListener("online", woke);
  addEventListener("offline", woke);
  addEventListener("pageshow", (event) => event.persisted && woke());
  // A laptop or a wall that slept says nothing; the wall clock alone keeps counting then.
  let lastTick = Date.now();
  setInterval(() => {
    const late = Math.abs(Date.now() - lastTick - TICK_MS);
    lastTick = Date.now();
    if (late > SLEPT_MS && !document.hidden) woke();
  }, TICK_MS);
}
