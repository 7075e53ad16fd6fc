/** What a display shows and when: the rotation's scene, the wave when nobody draws, the code to join, the test pattern. */

import type { Board } from "../../model/board/board";
import type { Change } from "../../model/board/changes/change";
import type { Area } from "../../model/geometry";
import { wavedPixels } from "../../model/wall/attract";
import { sightOn } from "../../model/wall/camera-path";
import { replayedCount, replayRun } from "../../model/wall/replay";
import { joinShown, type SceneTurn, sceneAt, slideAt } from "../../model/wall/rotation";
import type { ServerClock } from "../../model/wall/server-clock";
import type { ScreenSetup } from "../../model/wall/setup";
import { timeOnWall } from "../../model/wall/time-on-wall";
import { captionScreen, cornerScreen } from "../../model/wall/wall";
import type { Say } from "../../texts/i18n";
import { oncePerFrame } from "../../view/surface";
import { fadeOut } from "../../view/wall/fade";
import type { Layer } from "../../view/wall/layer";
import { Scenes } from "../../view/wall/scenes";
import { showStatistics } from "../../view/wall/statistics";
import { partOf, type WallCanvas } from "../../view/wall/wall-canvas";
import type { SafeScreen } from "./safe-screen";
import { SceneMaterial } from "./scene-material";

/** Gentle movements need no more, and small machines have no more. */
const FRAME_MS = 33;
const TICK_MS = 250;
const NO_CHANGES: readonly Change[] = [];

export interface ShowParts {
  readonly setup: ScreenSetup;
  readonly board: Board;
  readonly wall: WallCanvas;
  readonly layer: Layer;
  readonly safe: SafeScreen;
  readonly clock: ServerClock;
  readonly say: Say;
  readonly language: string;
  /** The event's; null while it is not known. */
  timeZone(): string | null;
}

export class Show {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #scenes: Scenes;
  readonly #material: SceneMaterial;
  #now: SceneTurn = sceneAt([], 0);
  #changedMs = performance.now();
  #seq = -1;

  constructor(
    readonly parts: ShowParts,
    /** After each drawing, for measuring. */
    readonly drawn: () => void,
  ) {
    const { setup, board, wall, clock, language } = parts;
    this.#scenes = new Scenes(wall);
    this.#material = new SceneMaterial({
      clock,
      delayMs: setup.delaySeconds * 1000,
      part: () => this.#part,
      wall: () => wall.position.wall,
      statistics: (figures) => showStatistics(figures, board.colors, language),
    });
    setInterval(() => this.#tick(), TICK_MS);
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

  /** The safe picture comes or goes at once, without waiting for the next tick. */
  safeChanged(): void {
    this.#scenes.forget();
    this.draw();
  }

  get #part(): Area {
    return partOf(this.parts.board, this.parts.setup.crop);
  }

  get #attracts(): boolean {
    const { attractSeconds } = this.parts.setup;
    return attractSeconds > 0 && this.#now.scene === "canvas" && this.quietMs >= attractSeconds * 1000;
  }

  get #moves(): boolean {
    if (this.parts.safe.shown) return false;
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

  #turnAt(nowMs: number): SceneTurn {
    const turn = sceneAt(this.parts.setup.scenes, nowMs);
    return turn.scene === "replay" ? replayRun(turn, nowMs) : turn;
  }

  #tick(): void {
    const { setup, clock, layer, board } = this.parts;
    const now = this.#turnAt(clock.nowMs);
    if (now.scene !== this.#now.scene || now.turn !== this.#now.turn) this.#enter(now);
    this.#now = now;
    const scene = setup.test ? "canvas" : now.scene;
    for (const panel of ["statistics", "qr"] as const) layer.show(panel, scene === panel);
    layer.show("join", !setup.test && scene !== "qr" && this.#joins && joinShown(setup.join, clock.nowMs));
    layer.show("test", setup.test);
    layer.caption(setup.test || !board.loaded || !this.#captions ? "" : this.#caption());
    document.body.dataset.scene = setup.test ? "test" : this.#attracts ? "attract" : now.scene;
    void this.#material.fetch(scene, now);
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
    this.#scenes.forget();
    this.#material.forget();
    this.draw();
  }

  #caption(): string {
    const { say } = this.parts;
    if (this.#now.scene === "camera") return say("camera.title");
    const replay = this.#now.scene === "replay" ? this.#material.replayOf(this.#now) : null;
    if (!replay) return "";
    const [first] = replay;
    if (!first) return say("replay.quiet");
    return say("replay.title", { time: timeOnWall(new Date(first.atMs), this.parts.timeZone()) });
  }

  #draw(): void {
    const { board, wall, setup, safe, clock } = this.parts;
    if (safe.shown) {
      this.#scenes.safe(safe.picture);
      return;
    }
    wall.surface.update(board);
    if (setup.test) this.#scenes.test(board, this.#part);
    else if (!board.loaded) wall.begin();
    else this.#paint(clock.nowMs);
    this.drawn();
    if (this.#moves) setTimeout(this.draw, FRAME_MS);
  }

  #paint(nowMs: number): void {
    const { board } = this.parts;
    const { scene, beganMs, endsMs } = this.#now;
    const part = this.#part;
    if (scene === "camera") this.#scenes.camera(part, sightOn(this.#material.path, this.#material.shownMs));
    else if (scene === "replay") {
      const changes = this.#material.replayOf(this.#now) ?? NO_CHANGES;
      const count = replayedCount(changes, (nowMs - beganMs) / (endsMs - beganMs));
      this.#scenes.replay(board, part, changes, count);
    } else if (scene !== "canvas") this.#scenes.dimmed(part);
    else if (this.#attracts) this.#scenes.attract(board, part, wavedPixels(part, nowMs));
    else this.#scenes.board(part);
  }
}
