/** The page's one clock: milliseconds that go on while a device sleeps, and when they cannot be relied upon. */

/** Two clocks of one device differ by less, unless one of them stood still or was set. */
const SLACK_MS = 1000;
/** Apart from that they drift, no more than this share of the time. */
const DRIFT = 0.0005;

/**
 * Some devices stop their steady clock in sleep, and any wall clock may be set. Time here is the steady clock's, and what
 * it missed while the wall clock went on; it never goes back. A step between the two is either a sleep or a clock that
 * was set, which cannot be told apart here: it is counted as a sleep, and as a doubt that only the server can settle.
 */
export class PageClock {
  #lastWall: number;
  #wallAhead: number;
  #missedMs = 0;
  #doubts = 0;

  constructor(
    readonly steadyMs: () => number,
    readonly wallMs: () => number,
  ) {
    this.#lastWall = wallMs();
    this.#wallAhead = this.#lastWall - steadyMs();
  }

  /** Since some moment before the page was opened. */
  readonly nowMs = (): number => {
    const steady = this.steadyMs();
    const wall = this.wallMs();
    const step = wall - steady - this.#wallAhead;
    const drift = Math.abs(wall - this.#lastWall) * DRIFT;
    this.#lastWall = wall;
    if (Math.abs(step) <= SLACK_MS) this.#wallAhead += Math.min(drift, Math.max(-drift, step));
    else {
      this.#wallAhead += step;
      this.#doubts += 1;
      this.#missedMs += Math.max(0, step);
    }
    return steady + this.#missedMs;
  };

  /** How many times it has become uncertain how much time has passed. */
  get doubts(): number {
    this.nowMs();
    return this.#doubts;
  }
}
