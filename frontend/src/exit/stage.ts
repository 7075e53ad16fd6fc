/** What the drawing page's canvas shows: the board, upon it the pending pixels, and the reticle. */
import type { Board } from "../internal/board";
import type { Camera } from "../internal/camera";
import { inkOn } from "../internal/color-name";
import type { Placement } from "../internal/placements";
import { drawSurface, fitCanvas, oncePerFrame, Surface } from "./surface";

export interface Scene {
  readonly board: Board;
  readonly camera: Camera;
  /** In the order they were made. */
  placements(): readonly Placement[];
  /** The chosen pixel, if any. */
  chosen(): { readonly x: number; readonly y: number } | null;
}

/** The reticle stands around the pixel and never upon it; smaller than this it would not be found. */
const RETICLE_GAP_PX = 3;
const RETICLE_LEAST_PX = 20;

export class Stage {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;
  #dots = 1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly scene: Scene,
  ) {
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  #draw(): void {
    const context = this.#context;
    const { board, camera } = this.scene;
    this.#dots = fitCanvas(this.canvas);
    this.surface.update(board);
    if (!context) return;
    context.fillStyle = getComputedStyle(this.canvas).backgroundColor;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!board.loaded) return;
    const at = this.#boxOf(0, 0, board.width, board.height);
    this.#outline(context, at);
    drawSurface(context, this.surface, at);
    const shown = new Map(
      this.scene.placements().map((placement) => [`${placement.x},${placement.y}`, placement]),
    );
    for (const placement of shown.values()) this.#placement(context, placement, camera.scale);
    const chosen = this.scene.chosen();
    if (chosen) this.#reticle(context, this.#boxOf(chosen.x, chosen.y, 1, 1));
  }

  /** From board coordinates to dots of the screen, whole ones, so that edges are sharp. */
  #boxOf(x: number, y: number, width: number, height: number) {
    const { camera } = this.scene;
    const dots = (offset: number, steps: number) => Math.round((offset + steps * camera.scale) * this.#dots);
    const [left, top] = [dots(camera.x, x), dots(camera.y, y)];
    return {
      x: left,
      y: top,
      width: dots(camera.x, x + width) - left,
      height: dots(camera.y, y + height) - top,
    };
  }

  #outline(
    context: CanvasRenderingContext2D,
    at: { x: number; y: number; width: number; height: number },
  ): void {
    context.strokeStyle = "#ffffff26";
    context.lineWidth = 2 * this.#dots;
    context.strokeRect(at.x, at.y, at.width, at.height);
  }

  /** A ring upon the colour says "on its way"; it goes when the server confirmed. */
  #placement(context: CanvasRenderingContext2D, placement: Placement, scale: number): void {
    const color = this.scene.board.colors[placement.color];
    if (!color) return;
    const { x, y, width, height } = this.#boxOf(placement.x, placement.y, 1, 1);
    context.fillStyle = color;
    context.fillRect(x, y, width, height);
    if (placement.seq !== undefined) return;
    context.strokeStyle = inkOn(color);
    context.lineWidth = Math.max(1, width / 10);
    context.setLineDash(scale < 6 ? [] : [width / 5, width / 8]);
    context.beginPath();
    context.arc(x + width / 2, y + height / 2, width / 4, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  }

  /** Four corners, white upon black, to be seen upon any colour. */
  #reticle(
    context: CanvasRenderingContext2D,
    box: { x: number; y: number; width: number; height: number },
  ): void {
    const size = Math.max(box.width + 2 * RETICLE_GAP_PX * this.#dots, RETICLE_LEAST_PX * this.#dots);
    const left = box.x + (box.width - size) / 2;
    const top = box.y + (box.height - size) / 2;
    const arm = Math.min(size * 0.3, 12 * this.#dots);
    context.beginPath();
    for (const [cornerX, cornerY, dx, dy] of [
      [left, top, arm, arm],
      [left + size, top, -arm, arm],
      [left, top + size, arm, -arm],
      [left + size, top + size, -arm, -arm],
    ] as const) {
      context.moveTo(cornerX + dx, cornerY);
      context.lineTo(cornerX, cornerY);
      context.lineTo(cornerX, cornerY + dy);
    }
    context.lineCap = "square";
    for (const [ink, width] of [["#000000", 4.5] as const, ["#ffffff", 2] as const]) {
      context.strokeStyle = ink;
      context.lineWidth = width * this.#dots;
      context.stroke();
    }
  }
}
