/** The board on the desk: the drawing page's camera and gestures, and an area that a finger chooses and changes. */
import { listenToGestures } from "../../input/gestures";
import { actOnView, ZOOM_STEP } from "../../input/view-keys";
import { ARROWS } from "../../model/arrow-keys";
import type { Board } from "../../model/board/board";
import { dragged, type Grip, gripAt, parseArea } from "../../model/desk/area";
import { ease, fling } from "../../model/draw/animation";
import { Camera } from "../../model/draw/camera";
import { type Area, areaOf, type Point } from "../../model/geometry";
import { type Difference, StageCanvas } from "../../view/desk/stage-canvas";
import { Animator } from "../../view/draw/animator";
import { onResolutionChange } from "../../view/resolution";

const GLIDE_MS = 220;
const STEP_PX = 60;
/** How far from a handle a finger still means it. */
const REACH_PX = 26;

export interface StageHandlers {
  /** Another area is chosen, or none. */
  chose(area: Area | null): void;
}

interface Drag {
  readonly from: Point;
  /** What is being changed, by which handle; null for a new area. */
  readonly by: { readonly area: Area; readonly grip: Grip } | null;
  finger: Point;
}

export class Stage {
  /** Whether one finger chooses an area; otherwise it moves the board. */
  choosing = false;
  area: Area | null = null;
  readonly camera = new Camera(() => this.view.draw());
  readonly view: StageCanvas;
  readonly #animator = new Animator();
  #drag: Drag | null = null;
  #difference: Difference | null = null;
  /** Where a finger is that rested before it moved, and changes no area: it moves the board after all. */
  #rested: Point | null = null;
  #seen = { width: 0, height: 0 };

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly board: Board,
    readonly on: StageHandlers,
  ) {
    this.view = new StageCanvas(canvas, {
      board,
      camera: this.camera,
      area: () => this.area,
      difference: () => this.#difference,
    });
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(canvas);
    onResolutionChange(() => this.#resize());
  }

  /** The board's size and its limits; another board is shown whole. */
  adopt(settings: { width: number; height: number; minScale: number; maxScale: number }): void {
    if (!this.camera.setBoard(settings, settings)) return;
    this.camera.fit();
    this.choose(this.area && parseArea(this.area, settings));
  }

  /** Lays a picture of what would change upon the board; null takes it away. */
  show(difference: Difference | null): void {
    this.#difference = difference;
    this.view.draw();
  }

  choose(area: Area | null): void {
    this.area = area;
    this.on.chose(area);
    this.view.draw();
  }

  fit(): void {
    const { camera } = this;
    const [from, to] = [camera.seen, camera.whole];
    this.#animator.run(ease(performance.now(), GLIDE_MS, (part) => camera.between(from, to, part)));
  }

  zoom(factor: number, at: Point = this.camera.center): void {
    const { camera } = this;
    const from = camera.scale;
    const step = (part: number) => camera.pinch((from * factor ** part) / camera.scale, at);
    this.#animator.run(ease(performance.now(), GLIDE_MS, step));
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const first = this.#seen.width === 0;
    this.#seen = { width, height };
    if (width === 0) return;
    const fits = first || Math.abs(this.camera.scale - this.camera.whole.scale) < 1e-6;
    this.camera.setArea({ left: 0, top: 0, width, height }, []);
    if (fits && this.board.loaded) this.camera.fit();
    this.view.draw();
  }

  /** Heard before the recognizer, which does not say where a finger came down. */
  #begin(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0 || !this.board.loaded) {
      this.#drag = null;
      return;
    }
    const box = this.canvas.getBoundingClientRect();
    const finger = { x: event.clientX - box.left, y: event.clientY - box.top };
    const from = this.camera.boardAt(finger);
    const grip = this.area && gripAt(this.area, from, REACH_PX / this.camera.scale);
    const by = this.area && grip ? { area: this.area, grip } : null;
    this.#drag = by || this.choosing ? { from, by, finger } : null;
  }

  #listen(): void {
    const { camera } = this;
    listenToGestures(this.canvas, {
      touched: () => {
        this.#animator.stop();
        this.#rested = null;
      },
      pan: (dx, dy) => (this.#drag ? this.#dragBy(dx, dy) : camera.panBy(dx, dy)),
      pinch: (factor, from, to) => {
        this.#drag = null;
        camera.pinch(factor, from, to);
      },
      zoom: (factor, at) => camera.pinch(factor, at),
      fling: (velocity) => this.#fling(velocity),
      tap: (at) => this.choosing && this.#one(at),
      doubleTap: (at) => this.zoom(ZOOM_STEP ** 2, at),
      aim: (_, finger) => this.#aim(finger),
      aimed: () => undefined,
      press: () => undefined,
    });
  }

  #dragBy(dx: number, dy: number): void {
    if (this.#drag) this.#aim({ x: this.#drag.finger.x + dx, y: this.#drag.finger.y + dy });
  }

  #aim(finger: Point): void {
    const drag = this.#drag;
    if (!drag) {
      if (this.#rested) this.camera.panBy(finger.x - this.#rested.x, finger.y - this.#rested.y);
      this.#rested = finger;
      return;
    }
    if (finger.x === drag.finger.x && finger.y === drag.finger.y) return;
    drag.finger = finger;
    const to = this.camera.boardAt(finger);
    const { by, from } = drag;
    this.choose(by ? dragged(by.area, by.grip, from, to, this.board) : areaOf(from, to, this.board));
  }

  #one(at: Point): void {
    const pixel = this.camera.boardAt(at);
    this.choose(areaOf(pixel, pixel, this.board));
  }

  #fling(velocity: Point): void {
    if (this.#drag || this.#animator.reduced) return;
    const step = fling(velocity, performance.now(), (dx, dy) => this.camera.panBy(dx, dy));
    if (step) this.#animator.run(step);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.camera.panBy(-STEP_PX * arrow.x, -STEP_PX * arrow.y);
    else if (event.key === "Escape") this.choose(null);
    else if (!actOnView(event.key, this)) return;
    event.preventDefault();
  }
}
