/** The overview of a large board: whether it is needed, how large it is, and which part of it is in view. */
import type { Rect } from "./camera";

const SIDE_PX = 96;
/** Boards smaller than this are seen well enough as they are. */
const LARGE = 128;
/** With nearly all in view there is nothing to overview. */
const NEARLY_ALL = 0.9;

interface Size {
  readonly width: number;
  readonly height: number;
}

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

/** The view's rectangle upon the minimap, cut at its rim. */
export function viewOnMinimap(board: Size, view: Rect): Rect {
  const map = minimapSize(board);
  const [across, down] = [map.width / board.width, map.height / board.height];
  const cut = (value: number, most: number) => Math.min(most, Math.max(0, value));
  const [left, top] = [cut(view.left * across, map.width - 3), cut(view.top * down, map.height - 3)];
  return {
    left,
    top,
    width: Math.max(3, cut((view.left + view.width) * across, map.width) - left),
    height: Math.max(3, cut((view.top + view.height) * down, map.height) - top),
  };
}
