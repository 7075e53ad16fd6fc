/** Keeps a wall's screen on: it must not go dark, and the browser ends the lock whenever the page is hidden. */

export function keepAwake(): void {
  void request();
  document.addEventListener("visibilitychange", () => document.hidden || void request());
}

async function request(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused on low battery or without a secure address; the machine's own settings then decide.
  }
}
