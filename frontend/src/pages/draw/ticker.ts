/** Looks at the clock only while something ends by itself: a countdown, a pause, an answer that is due. */

/** Four times a second is precise enough for a countdown of seconds. */
const TICK_MS = 250;

export interface TickerParts {
  needed(): boolean;
  tick(): void;
}

export class Ticker {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly on: TickerParts) {}

  /** Called whenever something may have begun; nothing runs when nothing waits. */
  start(): void {
    if (this.#timer !== undefined || !this.on.needed()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.on.tick();
      this.start();
    }, TICK_MS);
  }
}
