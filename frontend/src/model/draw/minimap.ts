/** The overview of a large board: whether it is needed, how large it is, and which part of it is in view. */
import type { Rect, Size } from "../geometry";

const SIDE_PX = 96;
/** Boards smaller than this are seen well enough as they are. */
const LARGE = 128;
/** With nearly all in view there is nothing to overview. */
const NEARLY_ALL = 0.9;

/** In CSS pixels, in the board's proportions. */
export function minimapSize({ width, height }: Size): Size {
  const scale = SIDE_PX / Math.max(width, height, 1);
  return { width: Math.max(8, Math.round(width * scale)), height: Math.max(8, Math.round(height * scale)) };
}

/** `view` in board coordinates. */
export function isMinimapNeeded(board: Size, view: Rect): boolean {
  if (Math.max(board.width, board.height) < LARGE) return false;
  return view.width < board.width * NEARLY_ALL || view.height < board.height * NEARLY_ALL;
}

/** A frame smaller than this is not found. */
const MIN_FRAME_PX = 8;

/** The view's rectangle upon the minimap, cut at its rim. */
export function viewOnMinimap(board: Size, view: Rect): Rect {
  const map = minimapSize(board);
  const across = side(view.left, view.width, board.width, map.width);
  const down = side(view.top, view.height, board.height, map.height);
  return { left: across.from, top: down.from, width: across.length, height: down.length };
}

function side(from: number, length: number, board: number, map: number) {
  const cut = (value: number) => Math.min(map, Math.max(0, (value * map) / board));
  const [first, last] = [cut(from), cut(from + length)];
  const shown = Math.max(MIN_FRAME_PX, last - first);
  return { from: Math.min(map - shown, Math.max(0, (first + last - shown) / 2)), length: shown };
}
