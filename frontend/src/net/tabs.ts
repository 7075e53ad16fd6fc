/** Tells a person's other tabs of this browser what the gateway said of the allowance, which they share. */
import { type Allowed, parseAllowed } from "../model/draw/allowance";

export class Tabs {
  /** Absent in old browsers; a tab then learns it with its own next answer. */
  readonly #channel = "BroadcastChannel" in window ? new BroadcastChannel("beeplace.allowance") : null;

  constructor(heard: (allowed: Allowed) => void) {
    this.#channel?.addEventListener("message", ({ data }) => {
      const allowed = parseAllowed(data);
      if (allowed) heard(allowed);
    });
  }

  tell({ remaining, retryInMs }: Allowed): void {
    this.#channel?.postMessage({ remaining, retryInMs });
  }
}
