/** The last hour in a minute: which changes are on at a moment of the scene. What was erased is not replayed. */

import type { Change } from "../board/changes";
import { covers } from "../geometry";

export const REPLAY_MINUTES = 60;
/** The last part of the scene shows the end as it is. */
const HOLD = 0.12;

/** The placements up to `untilMs` that no organiser has erased since, in order. */
export function replayable(changes: readonly Change[], untilMs: number): Change[] {
  const erased: Change[] = [];
  const kept: Change[] = [];
  for (const change of changes.toReversed()) {
    if (change.kind === "reset") break;
    if (change.kind === "fill") erased.push(change);
    else if (change.kind === "placement" && change.atMs <= untilMs) {
      if (!erased.some(({ area }) => covers(area, change.area))) kept.push(change);
    }
  }
  return kept.reverse();
}

/** How many of them are on after `part` (0..1) of the scene: the hour runs evenly, busy minutes look busy. */
export function replayedCount(changes: readonly Change[], part: number): number {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return 0;
  const until = first.atMs + (last.atMs - first.atMs) * Math.min(1, Math.max(0, part / (1 - HOLD)));
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.atMs ?? 0) <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}
