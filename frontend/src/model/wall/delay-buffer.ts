/** Holds placements back until they are old enough for the crowd. A delayed wall shows the log without the placements
 * that are younger than its delay: what an organiser does is shown at once, and takes with it all that it erased.
 * See docs/decisions/0007-wall-delay.md.
 */

import type { Change } from "../board/changes/change";

interface HeldChange {
  readonly change: Change;
  /** On the clock that `add` and `due` are given. */
  readonly dueMs: number;
}

export class DelayBuffer {
  #held: HeldChange[] = [];
  #lastDueMs = Number.NEGATIVE_INFINITY;

  constructor(readonly delayMs: number) {}

  get length(): number {
    return this.#held.length;
  }

  /**
   * Takes what arrived at `nowMs`, in order; returns the organisers' part of it, to be shown at once. `ageMs` tells how
   * long ago a change was committed; in doubt it is 0, and the change is held longer.
   */
  add(changes: readonly Change[], nowMs: number, ageMs: (change: Change) => number): Change[] {
    const atOnce: Change[] = [];
    for (const change of changes) {
      if (change.kind.byOrganiser) {
        this.#erase(change);
        atOnce.push(change);
      } else this.#hold(change, nowMs + this.delayMs - Math.max(0, ageMs(change)));
    }
    return atOnce;
  }

  /** What is old enough now, in the order of the log. */
  due(nowMs: number): Change[] {
    let count = 0;
    while (count < this.#held.length && (this.#held[count]?.dueMs ?? 0) <= nowMs) count++;
    return this.#held.splice(0, count).map(({ change }) => change);
  }

  clear(): void {
    this.#held = [];
    this.#lastDueMs = Number.NEGATIVE_INFINITY;
  }

  /** Never before the one ahead of it: two placements of one pixel must not change places. */
  #hold(change: Change, dueMs: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
    this.#held.push({ change, dueMs: this.#lastDueMs });
  }

  #erase(eraser: Change): void {
    this.#held = this.#held.filter(({ change }) => !eraser.kind.erases(eraser, change.area));
    if (this.#held.length === 0) this.clear();
  }
}
