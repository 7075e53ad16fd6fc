/** Which scene of a rotation is on. Counted from 1970 by the server's clock, so that all screens of a wall change together. */
import type { Join, SceneName, SceneTime } from "./setup";

export interface SceneTurn {
  readonly scene: SceneName;
  /** Which of the rotation's turns this is, from 0: names the slide, and tells one run of a scene from the next. */
  readonly turn: number;
  readonly beganMs: number;
  readonly endsMs: number;
}

const ALWAYS: SceneTurn = { scene: "canvas", turn: 0, beganMs: 0, endsMs: Number.POSITIVE_INFINITY };

export function sceneAt(rotation: readonly SceneTime[], serverMs: number): SceneTurn {
  const cycleMs = rotation.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
  if (cycleMs === 0) return ALWAYS;
  let beganMs = Math.floor(serverMs / cycleMs) * cycleMs;
  for (const [turn, { scene, seconds }] of rotation.entries()) {
    const endsMs = beganMs + seconds * 1000;
    if (serverMs < endsMs) return { scene, turn, beganMs, endsMs };
    beganMs = endsMs;
  }
  return ALWAYS;
}

/** The slide for a turn of the rotation: the first `slide` has the first text, and so on, round and round. */
export function slideAt(rotation: readonly SceneTime[], turn: number, slides: readonly string[]): string {
  const before = rotation.slice(0, turn).filter(({ scene }) => scene === "slide").length;
  return slides[before % Math.max(1, slides.length)] ?? "";
}

/** Whether the code to join is in its corner now. */
export function joinShown(join: Join | null, serverMs: number): boolean {
  if (!join) return false;
  return join.everySeconds === 0 || (serverMs / 1000) % join.everySeconds < join.forSeconds;
}
