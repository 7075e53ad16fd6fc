/** The scenes that are drawn on the canvas: the board, the camera's view of it, its last hour, and the test pattern. */

import type { Board } from "../../model/board/board";
import type { Change } from "../../model/board/changes/change";
import type { Area } from "../../model/geometry";
import type { WavePixel } from "../../model/wall/attract";
import type { Sight } from "../../model/wall/camera-path";
import { boardOnWall, screenOnWall, wallSize } from "../../model/wall/wall";
import type { WallCanvas } from "./wall-canvas";

/** How strong the board is behind words, and behind its own past. */
const BEHIND = 0.14;
const GHOST = 0.22;
const GROUND = "#0d0f13";
/** How much smaller a pixel is on the crest of the wave. */
const SHRUNK = 0.6;

export class Scenes {
  /** What the replay has painted; clear where it has not. */
  readonly #past = document.createElement("canvas");
  #painted = 0;
  #changes: readonly Change[] = [];

  constructor(readonly wall: WallCanvas) {}

  board(part: Area): void {
    this.wall.begin();
    this.wall.board(part);
  }

  /** Behind something that is read. */
  dimmed(part: Area): void {
    this.wall.begin();
    this.wall.board(part, BEHIND);
  }

  /** A picture that lies where the board would; black, under words, where there is none. */
  safe(picture: HTMLImageElement | null): void {
    const { wall } = this.wall.begin();
    if (!picture) return;
    const { naturalWidth: width, naturalHeight: height } = picture;
    this.wall.picture(picture, { x: 0, y: 0, width, height }, boardOnWall({ width, height }, wall));
  }

  /** `sight` in the part's own coordinates. */
  camera(part: Area, sight: Sight): void {
    const { wall } = this.wall.begin();
    const scale = wallSize(wall).width / sight.width;
    const at = {
      x: -sight.x * scale,
      y: -sight.y * scale,
      width: part.width * scale,
      height: part.height * scale,
    };
    this.wall.picture(this.wall.surface.canvas, part, at);
  }

  /** The first `count` of `changes` upon a ghost of what they became. */
  replay(board: Board, part: Area, changes: readonly Change[], count: number): void {
    this.#paintPast(board, changes, count);
    this.wall.begin();
    const at = this.wall.board(part, GHOST);
    this.wall.picture(this.#past, part, at);
  }

  /** Lets go of the last replay, which is an hour of changes. */
  forget(): void {
    Object.assign(this.#past, { width: 0, height: 0 });
    [this.#changes, this.#painted] = [[], 0];
  }

  #paintPast(board: Board, changes: readonly Change[], count: number): void {
    const { width, height } = board;
    const context = this.#past.getContext("2d");
    if (!context) return;
    if (
      this.#changes !== changes ||
      count < this.#painted ||
      this.#past.width !== width ||
      this.#past.height !== height
    ) {
      Object.assign(this.#past, { width, height });
      this.#changes = changes;
      this.#painted = 0;
    }
    for (; this.#painted < count; this.#painted++) {
      const change = changes[this.#painted];
      if (!change) continue;
      context.fillStyle = board.colors[change.color] ?? "#000000";
      context.fillRect(change.area.x, change.area.y, 1, 1);
    }
  }

  /** The board, and upon it the pixels that a wave has made small. */
  attract(board: Board, part: Area, waved: readonly WavePixel[]): void {
    this.wall.begin();
    const { context } = this.wall;
    const at = this.wall.board(part);
    for (const { x, y, strength } of waved) {
      const [left, top] = [at.x + (x - part.x) * at.scale, at.y + (y - part.y) * at.scale];
      context.fillStyle = GROUND;
      context.fillRect(left, top, at.scale, at.scale);
      const side = at.scale * (1 - SHRUNK * strength);
      const rim = (at.scale - side) / 2;
      context.fillStyle = board.colors[board.colorAt(x, y)] ?? GROUND;
      context.fillRect(left + rim, top + rim, side, side);
    }
  }

  /** Lines that run over the whole wall: where they meet at the bezels, the screens hang right. */
  test(board: Board, part: Area): void {
    const { wall, screen } = this.wall.begin();
    const { context } = this.wall;
    const whole = wallSize(wall);
    const thin = Math.max(1, Math.round(Math.min(wall.width, wall.height) / 400));
    if (board.loaded) this.wall.board(part, GHOST);
    context.lineWidth = thin;
    context.strokeStyle = "#3a4150";
    const step = Math.max(8, Math.round(Math.min(wall.width, wall.height) / 12));
    this.#lines(whole, step);
    context.strokeStyle = "#f7b928";
    context.lineWidth = 2 * thin;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(whole.width, whole.height);
    context.moveTo(whole.width, 0);
    context.lineTo(0, whole.height);
    context.stroke();
    context.beginPath();
    context.arc(
      whole.width / 2,
      whole.height / 2,
      Math.min(whole.width, whole.height) * 0.45,
      0,
      2 * Math.PI,
    );
    context.stroke();
    const own = screenOnWall(wall, screen);
    this.#frame(own, thin);
    this.#colors(own, board.colors);
  }

  #lines(whole: { width: number; height: number }, step: number): void {
    const { context } = this.wall;
    context.beginPath();
    for (let x = 0; x <= whole.width; x += step) {
      context.moveTo(x, 0);
      context.lineTo(x, whole.height);
    }
    for (let y = 0; y <= whole.height; y += step) {
      context.moveTo(0, y);
      context.lineTo(whole.width, y);
    }
    context.stroke();
  }

  /** The screen's outermost dots: when one side is missing, the window is not as large as was said. */
  #frame({ x, y, width, height }: Area, thin: number): void {
    const { context } = this.wall;
    context.strokeStyle = "#55cf93";
    context.lineWidth = 2 * thin;
    context.strokeRect(x + thin, y + thin, width - 2 * thin, height - 2 * thin);
  }

  /** The palette, to compare the screens' colours. */
  #colors({ x, y, width, height }: Area, colors: readonly string[]): void {
    const { context } = this.wall;
    const side = Math.min(width / 1.2 / Math.max(1, colors.length), height / 14);
    const left = x + (width - side * colors.length) / 2;
    for (const [index, color] of colors.entries()) {
      context.fillStyle = color;
      context.fillRect(left + index * side, y + height - side * 1.8, side, side);
    }
  }
}
