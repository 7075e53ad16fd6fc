/** Tells once that somebody uses the page: touches it, or presses a key. */

export function onNextUse(used: () => void): void {
  const stop = new AbortController();
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(
      kind,
      () => {
        stop.abort();
        used();
      },
      { capture: true, signal: stop.signal },
    );
  }
}
