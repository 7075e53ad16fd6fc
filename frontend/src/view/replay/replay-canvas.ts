/** The board at a moment of the evening; where it is wished, one's own pixels stand out of it. */
import type { Board } from "../../model/board/board";
import type { Area, Point } from "../../model/geometry";
import { type BoardView, boxOf, drawSurface, fitCanvas, oncePerFrame, Surface } from "../surface";

/** Over all that is not one's own. */
const VEIL = "#000000b8";

export interface ReplayParts {
  readonly board: Board;
  readonly camera: BoardView;
  /** The pixels that stand out; null for none of the kind. */
  lit(): readonly Point[] | null;
}

export class ReplayCanvas {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;
  #dots = 1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly parts: ReplayParts,
  ) {
    this.#context = canvas.getContext("2d");
  }

  #draw(): void {
    const { board } = this.parts;
    this.#dots = fitCanvas(this.canvas);
    this.#surface.update(board);
    const context = this.#context;
    if (!context) return;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!board.loaded) return;
    const whole = this.#boxOf({ x: 0, y: 0, width: board.width, height: board.height });
    drawSurface(context, this.#surface, whole);
    const lit = this.parts.lit();
    if (lit) this.#light(context, whole, lit);
  }

  #light(context: CanvasRenderingContext2D, whole: Area, pixels: readonly Point[]): void {
    const { board } = this.parts;
    context.fillStyle = VEIL;
    context.fillRect(whole.x, whole.y, whole.width, whole.height);
    for (const { x, y } of pixels) {
      const box = this.#boxOf({ x, y, width: 1, height: 1 });
      context.fillStyle = board.colors[board.colorAt(x, y)] ?? "";
      context.fillRect(box.x, box.y, Math.max(1, box.width), Math.max(1, box.height));
    }
  }

  #boxOf(area: Area): Area {
    return boxOf(this.parts.camera, this.#dots, area);
  }
}
