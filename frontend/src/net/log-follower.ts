/** Feeds a delayed board: begins with the server's earlier one, then reads the log whenever something happened. */
import type { DelayedBoard } from "../model/wall/delayed-board";
import type { ServerClock } from "../model/wall/server-clock";
import { readColors, readEarlier, readLog } from "./log";

export interface LogFollowerHandlers {
  changed(): void;
  /** The log was read to its end just now. */
  current(): void;
  /** There is nothing to show for so many seconds. */
  waiting(seconds: number): void;
}

/** Reading more often would show nothing sooner: everything waits anyway, except what an organiser did. */
const MIN_INTERVAL_MS = 250;
const MAX_INTERVAL_MS = 3000;
/** The delay's steps: several times as fine as the refresh of the phones would show nothing more. */
const ADVANCE_INTERVAL_MS = 100;
const RETRY_MS = 1000;

export class LogFollower {
  #requested = false;
  #reading = false;
  #dueMs = 0;

  constructor(
    readonly delayed: DelayedBoard,
    readonly clock: ServerClock,
    readonly on: LogFollowerHandlers,
  ) {
    setInterval(() => this.#advance(), ADVANCE_INTERVAL_MS);
  }

  /** Something happened, says the live link. */
  requestRead(): void {
    this.#requested = true;
  }

  /** How long things were held is not known any more: the server says what is old enough. The picture stays meanwhile. */
  beginAnew(): void {
    this.delayed.forget();
    this.requestRead();
  }

  #advance(): void {
    const nowMs = performance.now();
    if (this.delayed.advance(nowMs)) this.on.changed();
    const wanted = this.#requested ? this.#dueMs : this.#dueMs + MAX_INTERVAL_MS - MIN_INTERVAL_MS;
    if (this.#reading || nowMs < wanted) return;
    this.#requested = false;
    this.#reading = true;
    void this.#read().then((restMs) => {
      this.#reading = false;
      this.#dueMs = performance.now() + restMs;
    });
  }

  /** Returns how long to rest at least. */
  async #read(): Promise<number> {
    if (this.delayed.read.epoch === "" && !(await this.#begin())) return RETRY_MS;
    const { epoch, seq } = this.delayed.read;
    const answer = await readLog(`after=${seq}&epoch=${encodeURIComponent(epoch)}`, this.clock);
    if (!answer) return RETRY_MS;
    const { changes, follows, serverMs } = answer;
    if (!follows || !this.delayed.take(changes, performance.now(), serverMs, answer.epoch)) {
      // Another log than the one we know, as after a restored backup; the picture stays until the new one is there.
      return (await this.#begin()) ? 0 : RETRY_MS;
    }
    this.delayed.advance(performance.now());
    this.on.changed();
    if (answer.newest > this.delayed.read.seq) this.requestRead();
    else this.on.current();
    return MIN_INTERVAL_MS;
  }

  async #begin(): Promise<boolean> {
    const [colors, earlier] = await Promise.all([readColors(), readEarlier(this.delayed.delayMs / 1000)]);
    if (typeof earlier === "number") this.on.waiting(earlier);
    if (!colors || !earlier || typeof earlier === "number") return false;
    this.delayed.load(earlier, { ...earlier, colors }, earlier.pixels);
    return true;
  }
}
