/** The rectangle that an organiser has chosen, and how a finger changes it by its handles. */
import { type Area, clamp, type Point, type Size } from "../geometry";

/** A handle: which edges it moves, -1 the left or upper one, 1 the right or lower one. The middle one moves the whole. */
export interface Grip {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

const SIDES = [-1, 0, 1] as const;

/** The corners come last, so that they win where a small area's handles lie upon each other. */
export const GRIPS: readonly Grip[] = SIDES.flatMap((y) => SIDES.map((x) => ({ x, y }))).sort(
  (a, b) => Math.abs(a.x) + Math.abs(a.y) - Math.abs(b.x) - Math.abs(b.y),
);

/** Where a handle lies, in board coordinates. */
export const gripPoint = ({ x, y, width, height }: Area, grip: Grip): Point => ({
  x: x + (width * (grip.x + 1)) / 2,
  y: y + (height * (grip.y + 1)) / 2,
});

/** The handle at a point of the board, none farther than `reach`; null for none. */
export function gripAt(area: Area, at: Point, reach: number): Grip | null {
  let found: Grip | null = null;
  let nearest = reach;
  for (const grip of GRIPS) {
    const point = gripPoint(area, grip);
    const distance = Math.hypot(point.x - at.x, point.y - at.y);
    if (distance <= nearest) [found, nearest] = [grip, distance];
  }
  return found;
}

/** What becomes of an area whose handle went from one point of the board to another. */
export function dragged(area: Area, grip: Grip, from: Point, to: Point, board: Size): Area {
  const across = moved(area.x, area.width, grip, "x", to.x - from.x, board.width);
  const down = moved(area.y, area.height, grip, "y", to.y - from.y, board.height);
  return { x: across[0], y: down[0], width: across[1], height: down[1] };
}

/** Begin and length of one side. An edge that passes the other one changes places with it. */
function moved(
  begin: number,
  length: number,
  grip: Grip,
  axis: "x" | "y",
  way: number,
  size: number,
): [number, number] {
  const steps = Math.round(way);
  if (grip.x === 0 && grip.y === 0) return [clamp(begin + steps, 0, size - length), length];
  if (grip[axis] === 0) return [begin, length];
  const fixed = grip[axis] < 0 ? begin + length : begin;
  const edge = clamp((grip[axis] < 0 ? begin : begin + length) + steps, 0, size);
  const [low, high] = [Math.min(fixed, edge), Math.max(fixed, edge)];
  if (high > low) return [low, high - low];
  return [Math.min(low, size - 1), 1];
}

/** Of four typed numbers; null when one is missing, broken, or the area is not inside the board. */
export function parseArea(typed: Area, board: Size): Area | null {
  const { x, y, width, height } = typed;
  if (![x, y, width, height].every(Number.isInteger) || x < 0 || y < 0 || width < 1 || height < 1)
    return null;
  return x + width <= board.width && y + height <= board.height ? { x, y, width, height } : null;
}
