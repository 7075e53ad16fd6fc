/** Registers the worker that keeps the page's shell, so that it opens without a network. Nothing live is ever kept. */

export function keepShell(): void {
  // Absent where the address is not secure; then the page is as it always was.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // After everything that the first view needs: a phone's network is narrow.
  addEventListener("load", () => {
    setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => undefined), 1000);
  });
}

/** A page that was kept, and got nothing from its server, asks whether that is still ours; if not, whoever has the address is seen. */
export async function leaveAnotherSite(): Promise<void> {
  if (!navigator.serviceWorker?.controller || (await siteIsOurs())) return;
  // This page's own: another site of the same server has another.
  await (await navigator.serviceWorker.getRegistration())?.unregister();
  location.reload();
}

/** False only where an answer says so: without a network, and while a server starts or a proxy has none, it may be. */
async function siteIsOurs(): Promise<boolean> {
  try {
    const answer = await fetch("./sw.js", { cache: "no-store" });
    if (answer.status === 404 || answer.status === 410) return false;
    return !answer.ok || /javascript/.test(answer.headers.get("content-type") ?? "");
  } catch {
    return true;
  }
}
