/** What the desk's canvas shows: the board, upon it what a preview would change, and the chosen area with its handles. */
import type { Board } from "../../model/board/board";
import { GRIPS, gripPoint } from "../../model/desk/area";
import type { Area } from "../../model/geometry";
import { type BoardView, boxOf, drawSurface, fitCanvas, oncePerFrame, Surface } from "../surface";

const HANDLE_PX = 7;
/** Under what would be taken back, which must be told from the board. */
const VEIL = "#000000a0";

/** The picture of what would change, and where it lies. */
export interface Difference {
  readonly picture: CanvasImageSource;
  readonly area: Area;
  /** Whether the board is darkened under it. */
  readonly isVeiled: boolean;
}

export interface StageParts {
  readonly board: Board;
  readonly camera: BoardView;
  area(): Area | null;
  difference(): Difference | null;
}

export class StageCanvas {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly #surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;
  #dots = 1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly parts: StageParts,
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
    drawSurface(
      context,
      this.#surface,
      this.#boxOf({ x: 0, y: 0, width: board.width, height: board.height }),
    );
    const difference = this.parts.difference();
    if (difference) this.#difference(context, difference);
    const area = this.parts.area();
    if (area) this.#area(context, area);
  }

  #boxOf(area: Area): Area {
    return boxOf(this.parts.camera, this.#dots, area);
  }

  #difference(context: CanvasRenderingContext2D, { picture, area, isVeiled }: Difference): void {
    const { x, y, width, height } = this.#boxOf(area);
    context.fillStyle = VEIL;
    if (isVeiled) context.fillRect(x, y, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, x, y, width, height);
  }

  #area(context: CanvasRenderingContext2D, area: Area): void {
    const box = this.#boxOf(area);
    for (const [ink, line] of [["#000000", 4] as const, ["#f7b928", 2] as const]) {
      context.strokeStyle = ink;
      context.lineWidth = line * this.#dots;
      context.strokeRect(box.x, box.y, box.width, box.height);
    }
    const radius = HANDLE_PX * this.#dots;
    for (const grip of GRIPS) {
      const { x, y } = gripPoint(box, grip);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = "#f7b928";
      context.fill();
      context.strokeStyle = "#000000";
      context.lineWidth = 2 * this.#dots;
      context.stroke();
    }
  }
}
