/** Registers the worker that keeps the page's shell, so that it opens without a network. Nothing live is ever kept. */

export function keepShell(): void {
  // Absent where the address is not secure; then the page is as it always was.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // After everything that the first view needs: a phone's network is narrow.
  addEventListener("load", () => {
    setTimeout(() => navigator.serviceWorker.register("/sw.js").catch(() => undefined), 1000);
  });
}
