/** Registers the worker that keeps the page's shell, so that it opens without a network. Nothing live is ever kept. */

/** Null where the address is not secure, and in frames where a browser throws for the asking; then the page is as it always was. */
export function workers(): ServiceWorkerContainer | null {
  try {
    return navigator.serviceWorker ?? null;
  } catch {
    return null;
  }
}

export function keepShell(): void {
  if (!import.meta.env.PROD) return;
  // After everything that the first view needs: a phone's network is narrow.
  addEventListener("load", () => {
    setTimeout(register, 1000);
  });
}

const register = (): unknown =>
  workers()
    ?.register("./sw.js")
    .catch(() => undefined);

/** A page that was kept, and got nothing from its server, asks whether that is still ours; if not, whoever has the address is seen. */
export async function leaveAnotherSite(): Promise<void> {
  const container = workers();
  if (!container?.controller || (await siteIsOurs())) return;
  // This page's own: another site of the same server has another.
  await (await container.getRegistration())?.unregister();
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
