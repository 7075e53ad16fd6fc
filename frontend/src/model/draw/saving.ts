/** Whether the server saves: paused from a refusal that says so until the time it named, or until it saved again.
 *  The server also tells when a pause begins and ends, and repeats a pause every 3 s for as long as it lasts. */
import type { Confirmation, Refusal } from "../board/answers";

/** When the server names no time. */
const DEFAULT_PAUSE_MS = 5000;
/** How long an announced pause lasts when its end is not announced. */
const ANNOUNCED_PAUSE_MS = 10_000;

export class Saving {
  #pausedUntil = 0;

  constructor(readonly now: () => number) {}

  get paused(): boolean {
    return this.now() < this.#pausedUntil;
  }

  update(saving: boolean): void {
    this.#pausedUntil = saving ? 0 : this.now() + ANNOUNCED_PAUSE_MS;
  }

  answered(answer: Confirmation | Refusal): void {
    if (answer.ok) this.#pausedUntil = 0;
    else if (answer.code === "store_unavailable") {
      this.#pausedUntil = this.now() + (answer.retryInMs ?? DEFAULT_PAUSE_MS);
    }
  }
}
