/** The confirmed board: only what the gateway committed. Written by the follower alone, read by the views. */
import type { Area } from "../geometry";
import type { FlatPixels } from "./pixels";
import type { Position } from "./range";

/** Offsets (`y * width + x`) changed since they were last taken, or everything. */
export type DirtyPixels = "whole" | readonly number[];

/** Pixels and their colours, each column by itself. */
export interface PixelColumns {
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  readonly colors: Uint8Array;
}

/** Beyond this many, painting everything is cheaper than remembering each. */
const MAX_DIRTY = 65_536;

export class Board implements Position {
  width = 0;
  height = 0;
  colors: readonly string[] = [];
  pixels = new Uint8Array(0);
  epoch = "";
  seq = 0;
  #dirty: number[] | "whole" = "whole";

  get loaded(): boolean {
    return this.epoch !== "";
  }

  contains(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height;
  }

  colorAt(x: number, y: number): number {
    return this.contains(x, y) ? (this.pixels[y * this.width + x] ?? -1) : -1;
  }

  load(at: Position, shape: Pick<Board, "width" | "height" | "colors">, pixels: Uint8Array): void {
    this.width = shape.width;
    this.height = shape.height;
    this.colors = shape.colors;
    this.pixels = Uint8Array.from(pixels);
    this.moveTo(at);
    this.#dirty = "whole";
  }

  /** False, and nothing done, when a pixel lies outside: the text belongs to another board. */
  apply(flat: FlatPixels, seq: number): boolean {
    for (let index = 0; index < flat.length; index += 3) {
      if (!this.contains(flat[index] ?? -1, flat[index + 1] ?? -1)) return false;
    }
    for (let index = 0; index < flat.length; index += 3) {
      this.#set((flat[index + 1] ?? 0) * this.width + (flat[index] ?? 0), flat[index + 2] ?? 0);
    }
    this.seq = seq;
    return true;
  }

  /** Gives an area one colour. False, and nothing done, when a part of it lies outside. */
  fill({ x, y, width, height }: Area, color: number, seq: number): boolean {
    if (!this.contains(x, y) || !this.contains(x + width - 1, y + height - 1)) return false;
    for (let row = y; row < y + height; row++) {
      const first = row * this.width + x;
      for (let offset = first; offset < first + width; offset++) this.#set(offset, color);
    }
    this.seq = seq;
    return true;
  }

  /** Gives the pixels of an area colours of their own, and none where that is -1. False when a part lies outside. */
  paste({ x, y, width, height }: Area, colors: Int16Array, seq: number): boolean {
    if (!this.contains(x, y) || !this.contains(x + width - 1, y + height - 1)) return false;
    for (let index = 0; index < colors.length; index++) {
      const color = colors[index] ?? -1;
      const offset = (y + Math.floor(index / width)) * this.width + x + (index % width);
      if (color >= 0) this.#set(offset, color);
    }
    this.seq = seq;
    return true;
  }

  /** Gives some pixels their colours, one after the other: those from an index up to another. */
  placeAll(columns: PixelColumns, from: number, to: number): void {
    const { xs, ys, colors } = columns;
    for (let index = from; index < to; index++) {
      const [x, y] = [xs[index] ?? 0, ys[index] ?? 0];
      if (this.contains(x, y)) this.#set(y * this.width + x, colors[index] ?? 0);
    }
  }

  /** The same pixels in other colours. */
  recolor(colors: readonly string[]): void {
    this.colors = colors;
    this.#dirty = "whole";
  }

  /** Pixels keep their places; what is new has the first colour. */
  resize({ width, height }: Pick<Board, "width" | "height">, at: Position): void {
    const pixels = new Uint8Array(width * height);
    const kept = Math.min(width, this.width);
    for (let y = 0; y < Math.min(height, this.height); y++) {
      pixels.set(this.pixels.subarray(y * this.width, y * this.width + kept), y * width);
    }
    this.load(at, { width, height, colors: this.colors }, pixels);
  }

  /** Every pixel becomes the first colour, as after a reset. */
  empty(at: Position): void {
    this.pixels.fill(0);
    this.moveTo(at);
    this.#dirty = "whole";
  }

  moveTo({ epoch, seq }: Position): void {
    this.epoch = epoch;
    this.seq = seq;
  }

  takeDirty(): DirtyPixels {
    const changes = this.#dirty;
    this.#dirty = [];
    return changes;
  }

  #set(offset: number, color: number): void {
    if (this.pixels[offset] === color) return;
    this.pixels[offset] = color;
    if (this.#dirty === "whole") return;
    this.#dirty.push(offset);
    if (this.#dirty.length > MAX_DIRTY) this.#dirty = "whole";
  }
}
