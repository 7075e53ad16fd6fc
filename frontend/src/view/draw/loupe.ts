/** The magnifier above the finger: the aimed pixel and its neighbours, from the same picture as the board. */

import type { Board } from "../../model/board/board";
import { inkOn } from "../../model/color-name";
import { LOUPE_PIXELS, LOUPE_PX, loupeAt } from "../../model/draw/loupe";
import type { Point } from "../../model/geometry";
import { byId } from "../element";
import type { Surface } from "../surface";

export class Loupe {
  readonly #canvas = byId("loupe", HTMLCanvasElement);
  readonly #context = this.#canvas.getContext("2d", { alpha: false });

  hide(): void {
    this.#canvas.classList.add("hidden");
  }

  /** `pixel` is in the middle; beyond the board's rim is nothing. */
  show(pixel: Point, finger: Point, board: Board, surface: Surface): void {
    const at = loupeAt(finger, { width: innerWidth, height: innerHeight });
    this.#canvas.style.transform = `translate(${at.x}px, ${at.y}px)`;
    this.#canvas.classList.remove("hidden");
    this.#draw(pixel, board, surface);
  }

  #draw({ x, y }: Point, board: Board, surface: Surface): void {
    const context = this.#context;
    if (!context) return;
    const side = Math.round(LOUPE_PX * (devicePixelRatio || 1));
    if (this.#canvas.width !== side) Object.assign(this.#canvas, { width: side, height: side });
    context.fillStyle = "#000000";
    context.fillRect(0, 0, side, side);
    const step = side / LOUPE_PIXELS;
    const half = Math.floor(LOUPE_PIXELS / 2);
    context.imageSmoothingEnabled = false;
    context.drawImage(
      surface.canvas,
      (half - x) * step,
      (half - y) * step,
      board.width * step,
      board.height * step,
    );
    this.#lines(context, step, side);
    context.lineWidth = Math.max(2, side / 50);
    context.strokeStyle = inkOn(board.colors[board.colorAt(x, y)] ?? "#000000");
    context.strokeRect(half * step, half * step, step, step);
  }

  #lines(context: CanvasRenderingContext2D, step: number, side: number): void {
    context.fillStyle = "#80808066";
    for (let line = 1; line < LOUPE_PIXELS; line++) {
      context.fillRect(Math.round(line * step), 0, 1, side);
      context.fillRect(0, Math.round(line * step), side, 1);
    }
  }
}
