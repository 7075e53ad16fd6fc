/** Where the loupe stands, and which pixels it shows: above the finger, beside it where there is no room above. */
import type { Point } from "../geometry";

export const LOUPE_PX = 136;
/** Pixels across; odd, so that one is in the middle. */
export const LOUPE_PIXELS = 9;
/** From the finger's middle to the loupe's rim: half a finger. */
const AWAY_PX = 44;

export function loupeAt(finger: Point, screen: { readonly width: number; readonly height: number }): Point {
  const most = screen.width - LOUPE_PX - 8;
  const above = finger.y - AWAY_PX - LOUPE_PX;
  if (above >= 8) return { x: Math.min(most, Math.max(8, finger.x - LOUPE_PX / 2)), y: above };
  // Near the upper rim: to the side that has more room, where a hand does not lie.
  const left = finger.x > screen.width / 2;
  const x = left ? finger.x - AWAY_PX - LOUPE_PX : finger.x + AWAY_PX;
  return { x: Math.min(most, Math.max(8, x)), y: 8 };
}

/** Smaller pixels than this cannot be aimed at: the aim then moves slower than the finger. */
const MIN_STEP_PX = 12;

/** The board's point that is aimed at, from where the finger came down and how far it went since. */
export function aimedAt(start: Point, way: Point, scale: number): Point {
  const step = Math.max(scale, MIN_STEP_PX);
  return { x: start.x + way.x / step, y: start.y + way.y / step };
}
