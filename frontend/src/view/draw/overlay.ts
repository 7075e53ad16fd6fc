/** What lies upon the enlarged board: a fine grid, and on demand each colour's pattern. Only the visible part is drawn. */
import type { Board } from "../../model/board/board";
import { inkOn } from "../../model/color-name";
import type { Area } from "../../model/geometry";
import { marksOf } from "../../model/pattern";

/** From board coordinates to dots of the screen, and the part of the board that is seen. */
export interface Mapping {
  dotX(x: number): number;
  dotY(y: number): number;
  /** Dots per board pixel. */
  readonly step: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Smaller pixels, in CSS pixels, would be all grid. */
export const GRID_FROM_SCALE = 22;

/** One dot wide: it must never be taken for a colour. */
export function drawGrid(context: CanvasRenderingContext2D, at: Mapping): void {
  context.fillStyle = "#80808059";
  const [top, left] = [at.dotY(at.top), at.dotX(at.left)];
  const [height, width] = [at.dotY(at.bottom) - top, at.dotX(at.right) - left];
  for (let x = at.left; x <= at.right; x++) context.fillRect(at.dotX(x), top, 1, height);
  for (let y = at.top; y <= at.bottom; y++) context.fillRect(left, at.dotY(y), width, 1);
}

/** One path for each colour, because thousands of strokes of their own would not be smooth. */
export function drawPatterns(context: CanvasRenderingContext2D, board: Board, at: Mapping): void {
  const paths = board.colors.map(() => new Path2D());
  for (let y = at.top; y < at.bottom; y++) {
    for (let x = at.left; x < at.right; x++) {
      const color = board.colorAt(x, y);
      const path = paths[color];
      if (path) addMarks(path, color, at.dotX(x), at.dotY(y), at.step);
    }
  }
  context.lineWidth = Math.max(1, at.step / 14);
  context.lineCap = "round";
  for (const [index, path] of paths.entries()) {
    context.strokeStyle = `${inkOn(board.colors[index] ?? "#000000")}99`;
    context.stroke(path);
  }
}

function addMarks(path: Path2D, color: number, left: number, top: number, step: number): void {
  for (const [x1, y1, x2, y2] of marksOf(color)) {
    path.moveTo(left + x1 * step, top + y1 * step);
    // A line of no length is drawn as a dot by its round ends.
    path.lineTo(left + x2 * step, top + y2 * step);
  }
}

const CLOSED = "#ff5a5a";
const RULED = "#f7b928";

/** A border of dark and light dashes, so that it is seen on any colour; red where nobody may draw. */
export function drawZone(context: CanvasRenderingContext2D, at: Area, dots: number, closed: boolean): void {
  context.lineWidth = 2 * dots;
  context.strokeStyle = "#000000";
  context.strokeRect(at.x, at.y, at.width, at.height);
  context.strokeStyle = closed ? CLOSED : RULED;
  context.setLineDash([6 * dots, 4 * dots]);
  context.strokeRect(at.x, at.y, at.width, at.height);
  context.setLineDash([]);
}
