/** The overview in a corner: the whole board, small, and a frame around what is in view. A finger on it goes there. */

import type { Board } from "../../model/board/board";
import { isMinimapNeeded, minimapSize, viewOnMinimap } from "../../model/draw/minimap";
import type { Point, Rect } from "../../model/geometry";
import { byId } from "../element";
import type { Surface } from "../surface";

/** An overview need not be newer; shrinking a large board is the dearest drawing of the page. */
const REDRAW_MS = 500;

export class Minimap {
  readonly #element = byId("minimap", HTMLElement);
  readonly #canvas = this.#element.querySelector("canvas") as HTMLCanvasElement;
  readonly #frame = this.#element.querySelector("i") as HTMLElement;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly board: Board,
    readonly surface: Surface,
    goTo: (at: Point) => void,
  ) {
    const go = (event: PointerEvent) => {
      if (event.type === "pointerdown") this.#element.setPointerCapture(event.pointerId);
      if (!this.#element.hasPointerCapture(event.pointerId)) return;
      const box = this.#element.getBoundingClientRect();
      goTo({
        x: ((event.clientX - box.left) / box.width) * board.width,
        y: ((event.clientY - box.top) / box.height) * board.height,
      });
    };
    this.#element.addEventListener("pointerdown", go);
    this.#element.addEventListener("pointermove", go);
  }

  /** Cheap enough for every frame: the frame is moved by the compositor, the picture drawn now and then. */
  show(view: Rect, boardChanged: boolean): void {
    const { board } = this;
    const needed = isMinimapNeeded(board, view);
    const appears = needed && this.#element.classList.contains("hidden");
    this.#element.classList.toggle("hidden", !needed);
    if (!needed) return;
    const { left, top, width, height } = viewOnMinimap(board, view);
    const { style } = this.#frame;
    style.transform = `translate(${left}px, ${top}px)`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    if (appears) this.#draw();
    else if (boardChanged) this.#drawLater();
  }

  #drawLater(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#draw();
    }, REDRAW_MS);
  }

  #draw(): void {
    const { width, height } = minimapSize(this.board);
    const dots = Math.min(2, devicePixelRatio || 1);
    const canvas = this.#canvas;
    const [wide, high] = [Math.round(width * dots), Math.round(height * dots)];
    if (canvas.width !== wide || canvas.height !== high) {
      Object.assign(canvas, { width: wide, height: high });
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) return;
    context.imageSmoothingQuality = "medium";
    context.drawImage(this.surface.canvas, 0, 0, wide, high);
  }
}
