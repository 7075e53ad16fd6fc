/** What a display shows and when: the rotation's scene, the wave when nobody draws, the code to join, the test pattern. */

import type { Board } from "../model/board/board";
import type { Change } from "../model/board/changes/change";
import type { Area } from "../model/geometry";
import { wavedPixels } from "../model/wall/attract";
import { type Path, pathAt, SLOT_MS, sightOn } from "../model/wall/camera-path";
import { REPLAY_MINUTES, replayable, replayedCount } from "../model/wall/replay";
import { joinShown, type SceneTurn, sceneAt, slideAt } from "../model/wall/rotation";
import type { ServerClock } from "../model/wall/server-clock";
import type { ScreenSetup } from "../model/wall/setup";
import { captionScreen, cornerScreen } from "../model/wall/wall";
import { type LogAnswer, readLog, readStatistics } from "../net/log";
import type { Say } from "../texts/i18n";
import { oncePerFrame } from "../view/surface";
import { fadeOut } from "../view/wall/fade";
import type { Layer } from "../view/wall/layer";
import { Scenes } from "../view/wall/scenes";
import { showFigures } from "../view/wall/statistics";
import { partOf, type WallCanvas } from "../view/wall/wall-canvas";

/** Gentle movements need no more, and small machines have no more. */
const FRAME_MS = 33;
const FIGURES_EVERY_MS = 10_000;
const TAIL_EVERY_MS = 4000;

export interface ShowParts {
  readonly setup: ScreenSetup;
  readonly board: Board;
  readonly wall: WallCanvas;
  readonly layer: Layer;
  readonly clock: ServerClock;
  readonly say: Say;
  readonly language: string;
}

export class Show {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #scenes: Scenes;
  #now: SceneTurn = sceneAt([], 0);
  #changedMs = performance.now();
  #seq = -1;
  #path: Path | null = null;
  /** The replay's material, with what it was read for. */
  #log: readonly Change[] = [];
  #replay: readonly Change[] = [];
  #readFor = "";
  #dueMs = 0;
  #busy = false;

  constructor(
    readonly parts: ShowParts,
    /** After each drawing, for measuring. */
    readonly drawn: () => void,
  ) {
    this.#scenes = new Scenes(parts.wall);
    setInterval(() => this.#tick(), 250);
  }

  /** How long the picture has been the same. */
  get quietMs(): number {
    return performance.now() - this.#changedMs;
  }

  changed(): void {
    const { seq } = this.parts.board;
    if (seq !== this.#seq) this.#changedMs = performance.now();
    this.#seq = seq;
    this.draw();
  }

  /** What the crowd may see is this old. */
  get #shownMs(): number {
    return this.parts.clock.nowMs - this.parts.setup.delaySeconds * 1000;
  }

  get #part(): Area {
    return partOf(this.parts.board, this.parts.setup.crop);
  }

  get #attracts(): boolean {
    const { attractSeconds } = this.parts.setup;
    return attractSeconds > 0 && this.#now.scene === "canvas" && this.quietMs >= attractSeconds * 1000;
  }

  get #moves(): boolean {
    return !this.parts.setup.test && (["camera", "replay"].includes(this.#now.scene) || this.#attracts);
  }

  get #joins(): boolean {
    const { wall, screen } = this.parts.wall.position;
    return this.parts.setup.join !== null && cornerScreen(wall, this.parts.setup.join.place) === screen;
  }

  get #captions(): boolean {
    const { wall, screen } = this.parts.wall.position;
    return captionScreen(wall) === screen;
  }

  #tick(): void {
    const { setup, clock, layer, board } = this.parts;
    const now = sceneAt(setup.scenes, clock.nowMs);
    if (now.scene !== this.#now.scene || now.turn !== this.#now.turn) this.#enter(now);
    this.#now = now;
    const scene = setup.test ? "canvas" : now.scene;
    for (const panel of ["statistics", "qr"] as const) layer.show(panel, scene === panel);
    layer.show("join", !setup.test && scene !== "qr" && this.#joins && joinShown(setup.join, clock.nowMs));
    layer.show("test", setup.test);
    layer.caption(setup.test || !board.loaded || !this.#captions ? "" : this.#caption());
    document.body.dataset.scene = setup.test ? "test" : this.#attracts ? "attract" : now.scene;
    void this.#feed(scene);
    if (this.#moves) this.draw();
  }

  /** The new scene fades in over the picture of the one before. */
  #enter(now: SceneTurn): void {
    const { wall, setup, layer } = this.parts;
    fadeOut(wall.canvas);
    layer.show("slide", false);
    if (now.scene === "slide" && !setup.test) {
      const slide = slideAt(setup.scenes, now.turn, setup.slides);
      void layer.slide(slide).then((loaded) => layer.show("slide", loaded && this.#now.scene === "slide"));
    }
    // What the last scene needed would only fill the memory.
    this.#scenes.forget();
    [this.#log, this.#replay, this.#path, this.#readFor, this.#dueMs] = [[], [], null, "", 0];
    this.draw();
  }

  #caption(): string {
    const { say, language, clock } = this.parts;
    if (this.#now.scene === "camera") return say("camera.title");
    if (this.#now.scene !== "replay" || this.#readFor !== this.#key("replay")) return "";
    const first = this.#replay[0];
    if (!first) return say("replay.quiet");
    const local = new Date(first.atMs - clock.at(0));
    const time = local.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return say("replay.title", { time });
  }

  /** Names one run of a scene, or one slot of the camera: what its material was read for. */
  #key(scene: string): string {
    if (scene === "camera") return `camera ${Math.floor(this.#shownMs / SLOT_MS)}`;
    return `${scene} ${this.#now.beganMs}`;
  }

  /** Fetches what the scene needs, when it needs it. */
  async #feed(scene: string): Promise<void> {
    if (this.#busy || performance.now() < this.#dueMs) return;
    const key = this.#key(scene);
    if (scene === "camera" && this.#readFor === key) return;
    this.#busy = true;
    this.#dueMs = performance.now() + (scene === "replay" ? TAIL_EVERY_MS : FIGURES_EVERY_MS);
    if (scene === "camera") await this.#readCamera(key);
    else if (scene === "replay") await this.#readReplay(key);
    else if (scene === "statistics") await this.#readFigures();
    this.#busy = false;
  }

  async #readCamera(key: string): Promise<void> {
    this.#dueMs = 0;
    const answer = await readLog("minutes=3", this.parts.clock);
    const { wall } = this.parts.wall.position;
    if (answer) this.#path = pathAt(shifted(answer.changes, this.#part), this.#shownMs, this.#part, wall);
    // Without an answer the camera rests; the next slot asks again.
    this.#readFor = key;
  }

  /** An organiser may erase while the hour runs: the end of the log is read again and again, and what went is gone. */
  async #readReplay(key: string): Promise<void> {
    const fresh = this.#readFor !== key;
    const last = this.#log.at(-1)?.seq ?? 0;
    const question = fresh || !last ? `minutes=${REPLAY_MINUTES}` : `after=${last}`;
    const answer: LogAnswer | null = await readLog(question, this.parts.clock);
    if (!answer) return;
    if (fresh) this.#log = [];
    const erases = answer.changes.some(({ kind }) => kind.byOrganiser);
    this.#log = [...this.#log, ...answer.changes];
    this.#readFor = key;
    if (fresh || erases)
      this.#replay = replayable(this.#log, this.#now.beganMs - this.parts.setup.delaySeconds * 1000);
  }

  async #readFigures(): Promise<void> {
    const figures = await readStatistics();
    if (figures) showFigures(figures, this.parts.board.colors, this.parts.language);
  }

  #draw(): void {
    const { board, wall, setup, clock } = this.parts;
    wall.surface.update(board);
    if (setup.test) this.#scenes.test(board, this.#part);
    else if (!board.loaded) wall.begin();
    else this.#paint(clock.nowMs);
    this.drawn();
    if (this.#moves) setTimeout(this.draw, FRAME_MS);
  }

  #paint(nowMs: number): void {
    const { board, wall } = this.parts;
    const { scene, beganMs, endsMs } = this.#now;
    const part = this.#part;
    if (scene === "camera") {
      const path = this.#path ?? pathAt([], this.#shownMs, part, wall.position.wall);
      this.#scenes.camera(part, sightOn(path, this.#shownMs));
    } else if (scene === "replay") {
      const count = replayedCount(this.#replay, (nowMs - beganMs) / (endsMs - beganMs));
      this.#scenes.replay(board, part, this.#replay, this.#readFor === this.#key("replay") ? count : 0);
    } else if (scene !== "canvas") this.#scenes.dimmed(part);
    else if (this.#attracts) this.#scenes.attract(board, part, wavedPixels(part, nowMs));
    else this.#scenes.board(part);
  }
}

/** In the part's own coordinates, without what lies beside it. */
function shifted(changes: readonly Change[], part: Area): readonly Change[] {
  return changes
    .map((change) => ({
      ...change,
      area: { ...change.area, x: change.area.x - part.x, y: change.area.y - part.y },
    }))
    .filter(({ area }) => area.x >= 0 && area.y >= 0 && area.x < part.width && area.y < part.height);
}
