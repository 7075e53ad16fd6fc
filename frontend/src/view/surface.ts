/** The board as a picture of one dot per pixel, kept in memory; the pages draw it at whatever scale they need. */
import type { Board, DirtyPixels } from "../model/board/board";
import { channels } from "../model/color-name";
import type { Area } from "../model/geometry";

/** Canvas memory is RGBA by bytes; written as one number on the little-endian machines browsers run on. */
const toAbgr = ([red, green, blue]: readonly [number, number, number]) =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

const BLACK = 0xff000000;

export class Surface {
  readonly canvas = document.createElement("canvas");
  #context: CanvasRenderingContext2D | null = null;
  #image: ImageData | null = null;
  #dots = new Uint32Array(0);
  #palette = new Uint32Array(256);

  /** Takes the board's changes; one write to the canvas however many they are. False when there were none. */
  update(board: Board): boolean {
    const changes = board.takeDirty();
    if (!board.loaded || (changes !== "whole" && changes.length === 0)) return false;
    if (changes === "whole" || !this.#image) this.#paintAll(board);
    else this.#paint(board, changes);
    return true;
  }

  #paintAll(board: Board): void {
    const { width, height } = board;
    if (!this.#image || this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
      this.#context = this.canvas.getContext("2d", { alpha: false });
      this.#image = new ImageData(width, height);
      this.#dots = new Uint32Array(this.#image.data.buffer);
    }
    this.#palette.fill(BLACK).set(board.colors.map((color) => toAbgr(channels(color))));
    // Without a call for each pixel: a replay paints a million of them in a frame.
    const [dots, palette, { pixels }] = [this.#dots, this.#palette, board];
    for (let offset = 0; offset < pixels.length; offset++)
      dots[offset] = palette[pixels[offset] ?? 0] ?? BLACK;
    this.#context?.putImageData(this.#image, 0, 0);
  }

  /** One put of the rectangle around all changes: measured faster than one put for each. */
  #paint(board: Board, changes: Exclude<DirtyPixels, "whole">): void {
    let [left, top, right, bottom] = [board.width, board.height, 0, 0];
    for (const offset of changes) {
      this.#dot(board, offset);
      const [x, y] = [offset % board.width, Math.floor(offset / board.width)];
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
    if (this.#image) this.#context?.putImageData(this.#image, 0, 0, left, top, right - left, bottom - top);
  }

  #dot(board: Board, offset: number): void {
    this.#dots[offset] = this.#palette[board.pixels[offset] ?? 0] ?? BLACK;
  }
}

/** Sharp when enlarged; when shrunk, averaged, so that no pixel disappears between two dots of the screen. */
export function drawSurface(context: CanvasRenderingContext2D, surface: Surface, at: Area): void {
  context.imageSmoothingEnabled = at.width < surface.canvas.width;
  context.imageSmoothingQuality = "high";
  context.drawImage(surface.canvas, at.x, at.y, at.width, at.height);
}

/** Where a board lies: its upper left corner in CSS pixels, and CSS pixels per board pixel. */
export interface BoardView {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** From board coordinates to dots of the screen, whole ones, so that edges are sharp. */
export const dotAt = (offset: number, steps: number, scale: number, dots: number): number =>
  Math.round((offset + steps * scale) * dots);

export function boxOf({ x, y, scale }: BoardView, dots: number, area: Area): Area {
  const [left, top] = [dotAt(x, area.x, scale, dots), dotAt(y, area.y, scale, dots)];
  return {
    x: left,
    y: top,
    width: dotAt(x, area.x + area.width, scale, dots) - left,
    height: dotAt(y, area.y + area.height, scale, dots) - top,
  };
}

/** The canvas gets as many dots as the screen has under it. Returns dots per CSS pixel. */
export function fitCanvas(canvas: HTMLCanvasElement): number {
  const dots = devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  const [width, height] = [Math.round(clientWidth * dots), Math.round(clientHeight * dots)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return dots;
}

/** Calls `draw` once in the next frame however often it is asked, and never when it is not. */
export function oncePerFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
