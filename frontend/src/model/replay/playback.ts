/** Which moment a replay shows: at what speed it runs, where it ends, and what it skips. */

import { clamp } from "../geometry";

export const SPEEDS = [1, 10, 60, 300, 1000, 5000] as const;
/** A stretch without a change that is longer than this while it is shown is skipped, where that is wished. */
const IDLE_SHOWN_MS = 1_000;

export class Playback {
  playing = false;
  speed: number = 300;
  skipsIdle = true;

  constructor(
    public beginMs: number,
    public endMs: number,
    public atMs: number,
  ) {}

  /** Another moment, within the evening. */
  seek(ms: number): void {
    this.atMs = clamp(ms, this.beginMs, this.endMs);
  }

  /** Begins again from the beginning where it is at the end. */
  play(): void {
    if (this.atMs >= this.endMs) this.atMs = this.beginMs;
    this.playing = true;
  }

  /** So much time went by before the screen; `nextMs` is when the next change is, null where that is not known. */
  run(elapsedMs: number, nextMs: number | null): void {
    if (!this.playing) return;
    const idle = this.skipsIdle && nextMs !== null && nextMs - this.atMs > IDLE_SHOWN_MS * this.speed;
    this.seek(idle ? nextMs : this.atMs + elapsedMs * this.speed);
    if (this.atMs >= this.endMs) this.playing = false;
  }
}
