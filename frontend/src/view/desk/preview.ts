/** The organiser's view of the board: the whole of it, and upon it the chosen area. */
import type { Board } from "../../model/board/board";
import type { Corners } from "../../model/desk/corners";
import { drawSurface, fitCanvas, oncePerFrame, Surface } from "../surface";

export class Preview {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly board: Board,
    readonly selection: () => Corners | null,
  ) {
    this.#context = canvas.getContext("2d");
    new ResizeObserver(this.draw).observe(canvas);
  }

  /** The board's coordinates under a point of the window, fractions included. */
  boardAt(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    const { scale, x, y } = this.#place(box.width, box.height);
    return { x: (event.clientX - box.left - x) / scale, y: (event.clientY - box.top - y) / scale };
  }

  #place(width: number, height: number) {
    const { board } = this;
    const scale = Math.min(width / board.width, height / board.height);
    return { scale, x: (width - board.width * scale) / 2, y: (height - board.height * scale) / 2 };
  }

  #draw(): void {
    const { canvas, board } = this;
    const dots = fitCanvas(canvas);
    this.#surface.update(board);
    const context = this.#context;
    if (!context || !board.loaded) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const { scale, x, y } = this.#place(canvas.width, canvas.height);
    drawSurface(context, this.#surface, { x, y, width: board.width * scale, height: board.height * scale });
    const area = this.selection();
    if (!area) return;
    const box = [
      x + area.x1 * scale,
      y + area.y1 * scale,
      (area.x2 - area.x1 + 1) * scale,
      (area.y2 - area.y1 + 1) * scale,
    ] as const;
    for (const [ink, line] of [["#000000", 4] as const, ["#f7b928", 2] as const]) {
      context.strokeStyle = ink;
      context.lineWidth = line * dots;
      context.strokeRect(...box);
    }
  }
}
