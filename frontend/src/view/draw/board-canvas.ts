/** What the drawing page's canvas shows: the board, upon it the pending pixels, and the reticle. */
import type { Board } from "../../model/board/board";
import type { Zone } from "../../model/board/zones";
import { inkOn } from "../../model/color-name";
import type { Camera } from "../../model/draw/camera";
import type { Placement } from "../../model/draw/placements";
import { boxOf, dotAt, drawSurface, fitCanvas, oncePerFrame, Surface } from "../surface";
import { drawGrid, drawPatterns, drawZone, GRID_FROM_SCALE, type Mapping } from "./overlay";
import { type Box, drawReticle, type ReticleTone } from "./reticle";

const TONE_SHOWN_MS = 900;

export interface BoardCanvasParts {
  readonly board: Board;
  readonly camera: Camera;
  /** In the order they were made. */
  placements(): readonly Placement[];
  /** The chosen pixel, if any. */
  chosen(): { readonly x: number; readonly y: number } | null;
  /** Areas with rules of their own. */
  zones(): readonly Zone[];
  look(): { readonly grid: boolean; readonly patterns: boolean };
  /** After every picture; whether the board's pixels in it are others than before. */
  drawn(boardChanged: boolean): void;
}

export class BoardCanvas {
  readonly draw = oncePerFrame(() => this.#draw());
  readonly surface = new Surface();
  readonly #context: CanvasRenderingContext2D | null;
  #dots = 1;
  #ground = "#000000";
  #tone: ReticleTone = "plain";
  #toneTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly parts: BoardCanvasParts,
  ) {
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  /** The style sheet's colours are others now. Asked here once, because asking in every frame costs. */
  restyle(): void {
    this.#ground = getComputedStyle(this.canvas).backgroundColor;
    this.draw();
  }

  /** The reticle says for a moment how a placement has ended. */
  flash(tone: ReticleTone): void {
    this.#tone = tone;
    clearTimeout(this.#toneTimer);
    this.#toneTimer = setTimeout(() => {
      this.#tone = "plain";
      this.draw();
    }, TONE_SHOWN_MS);
    this.draw();
  }

  #draw(): void {
    const context = this.#context;
    const { board, camera } = this.parts;
    this.#dots = fitCanvas(this.canvas);
    const changed = this.surface.update(board);
    if (!context) return;
    context.fillStyle = this.#ground;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!board.loaded) return;
    const at = this.#boxOf(0, 0, board.width, board.height);
    this.#outline(context, at);
    drawSurface(context, this.surface, at);
    const shown = new Map(
      this.parts.placements().map((placement) => [`${placement.x},${placement.y}`, placement]),
    );
    for (const placement of shown.values()) this.#placement(context, placement, camera.scale);
    this.#overlay(context);
    for (const { x, y, width, height, closed } of this.parts.zones()) {
      const box = this.#boxOf(x, y, width, height);
      drawZone(context, box, this.#dots, closed);
    }
    const chosen = this.parts.chosen();
    if (chosen) drawReticle(context, this.#boxOf(chosen.x, chosen.y, 1, 1), this.#dots, this.#tone);
    this.parts.drawn(changed);
  }

  #overlay(context: CanvasRenderingContext2D): void {
    const { board, camera } = this.parts;
    const { grid, patterns } = this.parts.look();
    if (camera.scale < GRID_FROM_SCALE || !(grid || patterns)) return;
    const at = this.#mapping();
    if (patterns) drawPatterns(context, board, at);
    if (grid) drawGrid(context, at);
  }

  #mapping(): Mapping {
    const { board, camera } = this.parts;
    const { canvas } = this;
    const first = camera.boardAt({ x: 0, y: 0 });
    const last = camera.boardAt({ x: canvas.width / this.#dots, y: canvas.height / this.#dots });
    return {
      dotX: (x) => dotAt(camera.x, x, camera.scale, this.#dots),
      dotY: (y) => dotAt(camera.y, y, camera.scale, this.#dots),
      step: camera.scale * this.#dots,
      left: Math.max(0, Math.floor(first.x)),
      top: Math.max(0, Math.floor(first.y)),
      right: Math.min(board.width, Math.ceil(last.x)),
      bottom: Math.min(board.height, Math.ceil(last.y)),
    };
  }

  #boxOf(x: number, y: number, width: number, height: number): Box {
    return boxOf(this.parts.camera, this.#dots, { x, y, width, height });
  }

  #outline(context: CanvasRenderingContext2D, at: Box): void {
    context.strokeStyle = "#80808066";
    context.lineWidth = 2 * this.#dots;
    context.strokeRect(at.x, at.y, at.width, at.height);
  }

  /** A ring upon the colour says "on its way"; it goes when the server confirmed. */
  #placement(context: CanvasRenderingContext2D, placement: Placement, scale: number): void {
    const color = this.parts.board.colors[placement.color];
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
}
