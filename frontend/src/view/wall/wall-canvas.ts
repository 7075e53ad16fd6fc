/** A canvas that is one part of a wall. Everything is drawn in the wall's pixels; the rest of the wall falls beside it. */

import type { Board } from "../../model/board/board";
import type { Area, Size } from "../../model/geometry";
import { asOneScreen } from "../../model/wall/screen-address";
import type { WallScreen } from "../../model/wall/setup";
import { boardOnWall, shownPart, type Turn, turnedSize, wallToCanvas } from "../../model/wall/wall";
import { onResolutionChange } from "../resolution";
import { Surface } from "../surface";

const BLACK = "#000000";

export class WallCanvas {
  readonly surface = new Surface();
  readonly context: CanvasRenderingContext2D;

  constructor(
    readonly canvas: HTMLCanvasElement,
    /** Null: one screen as large as the canvas. */
    readonly wallScreen: () => WallScreen | null,
    readonly turn: Turn,
    resized: () => void,
  ) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser draws no canvas.");
    this.context = context;
    const observer = new ResizeObserver(([entry]) => {
      this.#fit(entry);
      resized();
    });
    observer.observe(canvas);
    // Observed anew it is measured anew, though its size in CSS pixels may be the same.
    onResolutionChange(() => {
      observer.unobserve(canvas);
      observer.observe(canvas);
    });
    // A graphics driver that restarts takes the picture with it, and says when it can be drawn again.
    canvas.addEventListener("contextrestored", resized);
  }

  /** Where on its wall the canvas is now. */
  get position(): WallScreen {
    return this.wallScreen() ?? asOneScreen(turnedSize(this.canvas, this.turn));
  }

  /** Black, and from here on the wall's coordinates. */
  begin(): WallScreen {
    const { context, canvas, position } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = BLACK;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(...wallToCanvas(position.wall, position.screen, this.turn, canvas));
    return position;
  }

  /** The board, or the part of it that was asked for, where it lies on the wall; how strong, from 0 to 1. */
  board(part: Area, strength = 1): Area & { readonly scale: number } {
    const at = boardOnWall(part, this.position.wall);
    this.context.globalAlpha = strength;
    this.picture(this.surface.canvas, part, at);
    this.context.globalAlpha = 1;
    return at;
  }

  /** Sharp when enlarged; when shrunk, averaged, so that no pixel disappears between two dots of the screen. */
  picture(picture: CanvasImageSource & Size, part: Area, at: Area): void {
    const { context } = this;
    const { a, b } = context.getTransform();
    context.imageSmoothingEnabled = at.width * Math.hypot(a, b) < part.width;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, part.x, part.y, part.width, part.height, at.x, at.y, at.width, at.height);
  }

  /** As many dots as the screen has under the canvas, to the last one, whatever the browser's zoom. */
  #fit(entry: ResizeObserverEntry | undefined): void {
    const { canvas } = this;
    const exact = entry?.devicePixelContentBoxSize?.[0];
    const width = exact?.inlineSize ?? Math.round(canvas.clientWidth * devicePixelRatio);
    const height = exact?.blockSize ?? Math.round(canvas.clientHeight * devicePixelRatio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  }
}

/** What is asked for may lie beside a board that has become smaller; then all of it is shown. */
export const partOf = (board: Board, crop: Area | null): Area =>
  shownPart(board, crop) ?? { x: 0, y: 0, width: board.width, height: board.height };
