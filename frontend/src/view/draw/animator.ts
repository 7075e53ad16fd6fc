/** Runs one motion at a time, a step per frame, and no frame when nothing moves. */
import type { Step } from "../../model/draw/animation";

export class Animator {
  #frame = 0;

  /** People who asked their device for less motion get the end of it at once. */
  get reduced(): boolean {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  get running(): boolean {
    return this.#frame !== 0;
  }

  run(step: Step): void {
    this.stop();
    if (this.reduced) {
      step(Number.POSITIVE_INFINITY);
      return;
    }
    const next = (now: number) => {
      this.#frame = step(now) ? requestAnimationFrame(next) : 0;
    };
    this.#frame = requestAnimationFrame(next);
  }

  stop(): void {
    if (this.#frame) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
