/** The last hour in a minute: which changes are on at a moment of the scene. What was erased is not replayed. */

import type { Change } from "../board/changes/change";

export const REPLAY_MINUTES = 60;
/** The last part of the scene shows the end as it is. */
const HOLD = 0.12;

/** A longer scene replays again and again: the hour before a scene of an hour would end when it begins. */
const RUN_MS = 60_000;

/** The run of a replay that is on at a moment of its scene; equal parts of it, so that all screens agree. */
export function replayRun<T extends { readonly beganMs: number; readonly endsMs: number }>(
  scene: T,
  nowMs: number,
): T {
  const lastsMs = scene.endsMs - scene.beganMs;
  const runMs = lastsMs / Math.max(1, Math.round(lastsMs / RUN_MS));
  const run = Math.max(0, Math.floor((nowMs - scene.beganMs) / runMs));
  const beganMs = Math.min(scene.endsMs - runMs, scene.beganMs + run * runMs);
  return { ...scene, beganMs, endsMs: beganMs + runMs };
}

/** The placements up to `untilMs` that no organiser has erased since, in order. */
export function replayable(changes: readonly Change[], untilMs: number): Change[] {
  const erasers: Change[] = [];
  const kept: Change[] = [];
  for (const change of [...changes].reverse()) {
    if (change.kind.byOrganiser) erasers.push(change);
    else if (change.atMs <= untilMs) {
      if (!erasers.some((eraser) => eraser.kind.erases(eraser, change.area))) kept.push(change);
    }
  }
  return kept.reverse();
}

/** How many of them are on after `part` (0..1) of the scene: the hour runs evenly, busy minutes look busy. */
export function replayedCount(changes: readonly Change[], part: number): number {
  const [first, last] = [changes[0], changes[changes.length - 1]];
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
