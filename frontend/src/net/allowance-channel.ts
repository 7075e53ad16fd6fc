/** Tells a person's other tabs of this browser what the gateway said of the allowance, which they share. */
import { type AllowanceState, parseAllowanceState } from "../model/draw/allowance";

export class AllowanceChannel {
  /** Absent in old browsers; a tab then learns it with its own next answer. */
  readonly #channel = "BroadcastChannel" in window ? new BroadcastChannel("beeplace.allowance") : null;

  constructor(received: (allowed: AllowanceState) => void) {
    this.#channel?.addEventListener("message", ({ data }) => {
      const allowed = parseAllowanceState(data);
      if (allowed) received(allowed);
    });
  }

  tell({ remaining, retryInMs }: AllowanceState): void {
    this.#channel?.postMessage({ remaining, retryInMs });
  }
}
