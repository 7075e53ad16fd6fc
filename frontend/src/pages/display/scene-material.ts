/** What scenes are drawn from beside the board: the log for camera and replay, and the statistics. Fetched when it is needed. */
import type { Change } from "../../model/board/changes/change";
import type { Area } from "../../model/geometry";
import { type Path, pathAt, SLOT_MS } from "../../model/wall/camera-path";
import { REPLAY_MINUTES, replayable } from "../../model/wall/replay";
import type { SceneTurn } from "../../model/wall/rotation";
import type { ServerClock } from "../../model/wall/server-clock";
import type { SceneName } from "../../model/wall/setup";
import type { Statistics } from "../../model/wall/statistics";
import type { Wall } from "../../model/wall/wall";
import { readLog, readStatistics } from "../../net/log";

const STATISTICS_INTERVAL_MS = 10_000;
const REPLAY_INTERVAL_MS = 4000;

export interface SceneMaterialParts {
  readonly clock: ServerClock;
  readonly delayMs: number;
  /** The part of the board that is shown. */
  part(): Area;
  wall(): Wall;
  statistics(figures: Statistics): void;
}

export class SceneMaterial {
  #path: Path | null = null;
  #log: readonly Change[] = [];
  #replay: readonly Change[] = [];
  /** The run of a scene, or the camera's slot, that the material was fetched for. */
  #fetchedFor = "";
  #dueMs = 0;
  #busy = false;

  constructor(readonly parts: SceneMaterialParts) {}

  /** What the crowd may see is this old. */
  get shownMs(): number {
    return this.parts.clock.nowMs - this.parts.delayMs;
  }

  /** The camera's path in the present slot; it rests until it is known. */
  get path(): Path {
    return this.#path ?? pathAt([], this.shownMs, this.parts.part(), this.parts.wall());
  }

  /** What this run of the scene replays; null until it is known. */
  replayOf(turn: SceneTurn): readonly Change[] | null {
    return this.#fetchedFor === replayKey(turn) ? this.#replay : null;
  }

  /** Lets go of all: what the last scene needed would only fill the memory. */
  forget(): void {
    [this.#log, this.#replay, this.#path, this.#fetchedFor, this.#dueMs] = [[], [], null, "", 0];
  }

  /** Fetches what the scene needs now, if it needs anything and nothing is under way. */
  async fetch(scene: SceneName, turn: SceneTurn): Promise<void> {
    if (this.#busy || performance.now() < this.#dueMs) return;
    this.#busy = true;
    try {
      if (scene === "camera") await this.#fetchCamera();
      else if (scene === "replay") await this.#fetchReplay(turn);
      else if (scene === "statistics") await this.#fetchStatistics();
    } finally {
      this.#busy = false;
    }
  }

  async #fetchCamera(): Promise<void> {
    const key = `camera ${Math.floor(this.shownMs / SLOT_MS)}`;
    if (this.#fetchedFor === key) return;
    const answer = await readLog("minutes=3", this.parts.clock);
    const part = this.parts.part();
    if (answer) this.#path = pathAt(shifted(answer.changes, part), this.shownMs, part, this.parts.wall());
    // Without an answer the camera rests; the next slot asks again.
    this.#fetchedFor = key;
  }

  /** An organiser may erase while the hour runs: the end of the log is read again and again, and what went is gone. */
  async #fetchReplay(turn: SceneTurn): Promise<void> {
    this.#dueMs = performance.now() + REPLAY_INTERVAL_MS;
    const key = replayKey(turn);
    const isNew = this.#fetchedFor !== key;
    const last = this.#log[this.#log.length - 1]?.seq ?? 0;
    const question = isNew || !last ? `minutes=${REPLAY_MINUTES}` : `after=${last}`;
    const answer = await readLog(question, this.parts.clock);
    if (!answer) return;
    this.#log = isNew ? answer.changes : [...this.#log, ...answer.changes];
    this.#fetchedFor = key;
    if (isNew || answer.changes.some(({ kind }) => kind.byOrganiser))
      this.#replay = replayable(this.#log, turn.beganMs - this.parts.delayMs);
  }

  async #fetchStatistics(): Promise<void> {
    this.#dueMs = performance.now() + STATISTICS_INTERVAL_MS;
    const figures = await readStatistics();
    if (figures) this.parts.statistics(figures);
  }
}

const replayKey = ({ beganMs }: SceneTurn): string => `replay ${beganMs}`;

/** In the part's own coordinates, without what lies beside it. */
function shifted(changes: readonly Change[], part: Area): readonly Change[] {
  return changes
    .map((change) => ({
      ...change,
      area: { ...change.area, x: change.area.x - part.x, y: change.area.y - part.y },
    }))
    .filter(({ area }) => area.x >= 0 && area.y >= 0 && area.x < part.width && area.y < part.height);
}
