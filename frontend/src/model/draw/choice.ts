/** The pixel the reticle is on: chosen by a tap or the arrow keys, always inside the board. */
import { within } from "../geometry";

export interface Chosen {
  readonly x: number;
  readonly y: number;
}

export class Choice {
  #pixel: Chosen | null = null;

  constructor(readonly board: { readonly width: number; readonly height: number }) {}

  /** Null too when the board has become smaller than the choice. */
  get pixel(): Chosen | null {
    const { width, height } = this.board;
    return this.#pixel && this.#pixel.x < width && this.#pixel.y < height ? this.#pixel : null;
  }

  /** A tap beside the board changes nothing. */
  choose(x: number, y: number): void {
    const { width, height } = this.board;
    if (x >= 0 && y >= 0 && x < width && y < height) this.#pixel = { x, y };
  }

  clear(): void {
    this.#pixel = null;
  }

  /** The first arrow key chooses the pixel nearest to `start`; the others move by one. */
  nudge(dx: number, dy: number, start: Chosen): void {
    const { pixel } = this;
    this.#pixel = pixel ? this.nearest(pixel.x + dx, pixel.y + dy) : this.nearest(start.x, start.y);
  }

  nearest(x: number, y: number): Chosen {
    return { x: within(x, this.board.width), y: within(y, this.board.height) };
  }
}
