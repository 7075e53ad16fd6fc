/** Motion that goes on by itself: a drag's inertia and a change of view. Time is the caller's, in ms. */
import type { Point } from "../geometry";

/** A finger that rested this long before it let go did not throw. */
const RECENT_MS = 80;
/** px/ms; slower is a finger being lifted. */
const MIN_SPEED = 0.15;
const MAX_SPEED = 6;
/** After this long the speed has fallen to a third; the same as in people's lists. */
const TAU_MS = 300;
const STOPS_BELOW = 0.02;

/** The speed of a finger, from where it was in the last moments. */
export class Velocity {
  #samples: (Point & { readonly at: number })[] = [];

  clear(): void {
    this.#samples = [];
  }

  add({ x, y }: Point, at: number): void {
    this.#samples.push({ x, y, at });
    while ((this.#samples[0]?.at ?? at) < at - RECENT_MS) this.#samples.shift();
  }

  speedAt(now: number): Point {
    const recent = this.#samples.filter(({ at }) => now - at <= RECENT_MS);
    const [first, last] = [recent[0], recent[recent.length - 1]];
    const ms = (last?.at ?? 0) - (first?.at ?? 0);
    if (!first || !last || ms <= 0) return { x: 0, y: 0 };
    return { x: (last.x - first.x) / ms, y: (last.y - first.y) / ms };
  }
}

/** A step of motion: what moved since the last one; false when it has ended. */
export type Step = (now: number) => boolean;

/** Null when the speed is none to speak of. */
export function fling({ x, y }: Point, begin: number, pan: (dx: number, dy: number) => void): Step | null {
  const speed = Math.hypot(x, y);
  if (speed < MIN_SPEED) return null;
  const limit = Math.min(1, MAX_SPEED / speed);
  let gone = 0;
  return (now) => {
    const wanted = TAU_MS * (1 - Math.exp(-(now - begin) / TAU_MS)) * limit;
    pan(x * (wanted - gone), y * (wanted - gone));
    gone = wanted;
    return speed * limit * Math.exp(-(now - begin) / TAU_MS) > STOPS_BELOW;
  };
}

/** Calls `change` with parts of the way, 0..1, fast at first and gentle at the end. */
export function ease(begin: number, durationMs: number, change: (part: number) => void): Step {
  return (now) => {
    const time = Math.min(1, Math.max(0, (now - begin) / durationMs));
    change(1 - (1 - time) ** 3);
    return time < 1;
  };
}
