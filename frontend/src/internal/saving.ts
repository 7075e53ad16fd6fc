/** Whether the server saves: paused from a refusal that says so until the time it named, or until it saved again. */
import type { Confirmation, Refusal } from "./answers";

/** When the server names no time. */
const USUAL_PAUSE_MS = 5000;

export class Saving {
  #pausedUntil = 0;

  constructor(readonly now: () => number) {}

  get paused(): boolean {
    return this.now() < this.#pausedUntil;
  }

  answered(answer: Confirmation | Refusal): void {
    if (answer.ok) this.#pausedUntil = 0;
    else if (answer.code === "store_unavailable") {
      this.#pausedUntil = this.now() + (answer.retryInMs ?? USUAL_PAUSE_MS);
    }
  }
}
