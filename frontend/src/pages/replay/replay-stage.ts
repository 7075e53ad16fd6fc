/** The board of a replay under fingers, wheel and keys: the drawing page's camera, and nothing to place. */
import { listenToGestures } from "../../input/gestures";
import { actOnView, ZOOM_STEP } from "../../input/view-keys";
import { ARROWS } from "../../model/arrow-keys";
import type { Board } from "../../model/board/board";
import { fling } from "../../model/draw/animation";
import { Camera, type View } from "../../model/draw/camera";
import type { Point } from "../../model/geometry";
import { Animator } from "../../view/draw/animator";
import { ReplayCanvas } from "../../view/replay/replay-canvas";
import { onResolutionChange } from "../../view/resolution";

const STEP_PX = 60;
const LIMITS = { minScale: 0.1, maxScale: 60 };

export class ReplayStage {
  readonly camera: Camera;
  readonly view: ReplayCanvas;
  readonly #animator = new Animator();
  /** Whether the whole board is shown, and stays so when the window changes. */
  #whole = true;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly board: Board,
    lit: () => readonly Point[] | null,
    /** Another part of the board is seen. */
    readonly moved: () => void,
  ) {
    this.camera = new Camera(() => this.view?.draw());
    this.view = new ReplayCanvas(canvas, { board, camera: this.camera, lit });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(canvas);
    onResolutionChange(() => this.#resize());
  }

  /** A board has come: it is shown whole, or at the place that an address names. */
  adopt(view: View | null): void {
    this.camera.setBoard(this.board, LIMITS);
    this.#whole = view === null;
    this.#resize();
    if (view) this.camera.centerOn(view.at, view.scale);
  }

  /** What is seen; null for the whole board. */
  get place(): View | null {
    return this.#whole ? null : this.camera.seen;
  }

  fit(): void {
    this.#whole = true;
    this.camera.fit();
    this.moved();
  }

  zoom(factor: number, at: Point = this.camera.center): void {
    this.#move(() => this.camera.pinch(factor, at));
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || !this.board.loaded) return;
    this.camera.setArea({ left: 0, top: 0, width, height }, []);
    if (this.#whole) this.camera.fit();
    this.view.draw();
  }

  #move(move: () => void): void {
    this.#whole = false;
    move();
    this.moved();
  }

  #listen(): void {
    const { camera } = this;
    listenToGestures(this.canvas, {
      touched: () => this.#animator.stop(),
      pan: (dx, dy) => this.#move(() => camera.panBy(dx, dy)),
      pinch: (factor, from, to) => this.#move(() => camera.pinch(factor, from, to)),
      zoom: (factor, at) => this.zoom(factor, at),
      fling: (velocity) => {
        const step = fling(velocity, performance.now(), (dx, dy) => camera.panBy(dx, dy));
        if (step && !this.#animator.reduced) this.#animator.run(step);
      },
      tap: () => undefined,
      doubleTap: (at) => this.zoom(ZOOM_STEP ** 2, at),
      aim: () => undefined,
      aimed: () => undefined,
      press: () => undefined,
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.#move(() => this.camera.panBy(-STEP_PX * arrow.x, -STEP_PX * arrow.y));
    else if (!actOnView(event.key, this)) return;
    event.preventDefault();
  }
}
