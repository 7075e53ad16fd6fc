/** Draws the board as one screen of a wall, or a whole wall, shows it: each canvas is filled by its part. */
import type { Board } from "../internal/board";
import { type Area, boardOnScreen, type Wall } from "../internal/wall";
import { drawSurface, fitCanvas, oncePerFrame, Surface } from "./surface";

export class WallView {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;

  /** `part` says what the canvas shows, asked at every draw because the window may change. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly board: Board,
    readonly part: (dots: { width: number; height: number }) => { wall: Wall; screen: number },
  ) {
    this.#context = canvas.getContext("2d", { alpha: false });
    new ResizeObserver(this.draw).observe(canvas);
  }

  #draw(): void {
    const context = this.#context;
    fitCanvas(this.canvas);
    this.#surface.update(this.board);
    if (!context) return;
    context.fillStyle = "#000000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.board.loaded) return;
    const { wall, screen } = this.part(this.canvas);
    drawSurface(context, this.#surface, this.#fill(boardOnScreen(this.board, wall, screen), wall));
  }

  /** From a screen's pixels to the canvas's dots: the same number where the window is as large as was said. */
  #fill(at: Area, wall: Wall): Area {
    const across = this.canvas.width / wall.width;
    const down = this.canvas.height / wall.height;
    return { x: at.x * across, y: at.y * down, width: at.width * across, height: at.height * down };
  }
}
