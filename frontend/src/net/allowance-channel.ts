/** Tells a person's other tabs of this browser what the gateway said of the allowance, which they share. */
import { type AllowanceState, parseAllowanceState } from "../model/draw/allowance";
import { ofSite } from "../model/site-path";

export class AllowanceChannel {
  readonly #channel = channel();

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

/** Null where there is none, or where cookies are blocked; a tab then learns it with its own next answer. */
function channel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(ofSite("beeplace.allowance", location.pathname));
  } catch {
    return null;
  }
}
