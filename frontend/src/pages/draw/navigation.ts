/** How a person moves about the board and chooses: joins gestures, wheel and buttons to the camera, the choice and the loupe. */

import { listenToGestures } from "../../input/gestures";
import type { Board } from "../../model/board/board";
import { ease, fling } from "../../model/draw/animation";
import type { Camera, View } from "../../model/draw/camera";
import type { Choice } from "../../model/draw/choice";
import { aimedAt } from "../../model/draw/loupe";
import type { Point } from "../../model/geometry";
import { Animator } from "../../view/draw/animator";
import type { Loupe } from "../../view/draw/loupe";
import type { Surface } from "../../view/surface";

export interface NavigationParts {
  readonly canvas: HTMLCanvasElement;
  readonly board: Board;
  readonly surface: Surface;
  readonly camera: Camera;
  readonly choice: Choice;
  readonly loupe: Loupe;
  /** Another pixel is chosen, by whatever means. */
  chose(): void;
  /** Who placed the chosen pixel? */
  asked(): void;
  /** A finger looks for another pixel: what was said of the last one is no longer what is meant. */
  aims(): void;
}

const GLIDE_MS = 220;
/** CSS pixels for each pixel of the board, below which a finger cannot tell one from the next. */
const PRECISE_SCALE = 4;
const DOUBLE_TAP_FACTOR = 2.5;

export class Navigation {
  readonly #animator = new Animator();
  #aim: Point | null = null;
  /** The scale that the last zoom went for. */
  #goal = 1;

  constructor(readonly parts: NavigationParts) {
    const { camera } = parts;
    listenToGestures(parts.canvas, {
      touched: () => this.#animator.stop(),
      pan: (dx, dy) => camera.panBy(dx, dy),
      pinch: (factor, from, to) => camera.pinch(factor, from, to),
      zoom: (factor, at) => camera.pinch(factor, at),
      fling: (velocity) => this.#fling(velocity),
      tap: (at) => this.#tap(camera.boardAt(at)),
      doubleTap: (at) => this.#zoomAt(DOUBLE_TAP_FACTOR, at),
      aim: (start, finger) => this.#aimAt(start, finger),
      aimed: (chosen) => this.#aimed(chosen),
      press: (at) => this.#press(at),
    });
  }

  nudge(dx: number, dy: number): void {
    const { choice, camera } = this.parts;
    choice.nudge(dx, dy, camera.boardAt(camera.center));
    if (choice.pixel) camera.reveal(choice.pixel.x, choice.pixel.y);
    this.parts.chose();
  }

  /** Towards the chosen pixel, so that it does not leave the window. */
  zoom(factor: number): void {
    const { camera, choice } = this.parts;
    const { pixel } = choice;
    const isSeen = pixel && camera.shows(pixel.x, pixel.y);
    this.#zoomAt(factor, isSeen ? camera.windowAt(pixel.x + 0.5, pixel.y + 0.5) : camera.center);
  }

  fit(): void {
    this.#glideTo(this.parts.camera.whole);
  }

  /** One pixel of the board as one point of the screen, about what is chosen or in the middle. */
  oneToOne(): void {
    const { camera, choice } = this.parts;
    const { pixel } = choice;
    const at =
      pixel && camera.shows(pixel.x, pixel.y) ? { x: pixel.x + 0.5, y: pixel.y + 0.5 } : camera.seen.at;
    this.#glideTo({ at, scale: 1 });
  }

  /** At once, as when a finger moves on the overview. */
  goTo(at: Point): void {
    this.#animator.stop();
    this.parts.camera.centerOn(at, this.parts.camera.scale);
  }

  #choose(at: Point): void {
    this.parts.choice.choose(Math.floor(at.x), Math.floor(at.y));
    this.parts.chose();
  }

  /** Where a finger covers many pixels, none is meant yet: the view comes closer first, and then it is chosen. */
  #tap(at: Point): void {
    const { camera, board } = this.parts;
    const isBeside = !board.contains(Math.floor(at.x), Math.floor(at.y));
    const isPrecise = camera.scale >= PRECISE_SCALE || camera.maxScale < PRECISE_SCALE;
    const scale = Math.min(camera.maxScale, 2 * PRECISE_SCALE);
    if (isPrecise || isBeside) this.#choose(at);
    else this.#glideTo({ at, scale }, () => this.#choose(at));
  }

  #press(at: Point): void {
    this.#choose(this.parts.camera.boardAt(at));
    this.parts.asked();
  }

  #aimAt(start: Point, finger: Point): void {
    const { camera, board, choice, loupe, surface } = this.parts;
    if (!board.loaded) return;
    const way = { x: finger.x - start.x, y: finger.y - start.y };
    const at = aimedAt(camera.boardAt(start), way, camera.scale);
    // Beside the board there is nothing to look at, until the finger comes to it.
    if (!this.#aim && !board.contains(Math.floor(at.x), Math.floor(at.y))) return;
    if (!this.#aim) this.parts.aims();
    this.#aim = choice.nearest(at.x, at.y);
    loupe.show(this.#aim, finger, board, surface);
  }

  #aimed(chosen: boolean): void {
    const aim = this.#aim;
    this.#aim = null;
    this.parts.loupe.hide();
    if (chosen && aim) this.#choose(aim);
  }

  #fling(velocity: Point): void {
    if (this.#animator.reduced) return;
    const step = fling(velocity, performance.now(), (dx, dy) => this.parts.camera.panBy(dx, dy));
    if (step) this.#animator.run(step);
  }

  /** Pressed again before it is there, it goes on from where it was going. */
  #zoomAt(factor: number, at: Point): void {
    const { camera } = this.parts;
    const from = camera.scale;
    this.#goal = (this.#animator.running ? this.#goal : from) * factor;
    const whole = this.#goal / from;
    const step = (part: number) => camera.pinch((from * whole ** part) / camera.scale, at);
    this.#animator.run(ease(performance.now(), GLIDE_MS, step));
  }

  #glideTo(to: View, then?: () => void): void {
    const { camera } = this.parts;
    const from = camera.seen;
    this.#goal = to.scale;
    const step = (part: number) => {
      camera.between(from, to, part);
      if (part >= 1) then?.();
    };
    this.#animator.run(ease(performance.now(), GLIDE_MS, step));
  }
}
