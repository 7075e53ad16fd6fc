/** The auto-camera: every twelve seconds it glides to where most was placed. The path follows from the log and the
 * server's clock alone, so the screens of one wall, each reckoning for itself, move as one.
 */

import type { Change } from "../board/changes/change";
import type { Area, Size } from "../geometry";
import { boardOnWall, type Wall, wallSize } from "./wall";

export const SLOT_MS = 12_000;
const GLIDE_MS = 5000;
/** What was placed in this time before a slot decides where it looks. */
const HEAT_MS = 60_000;
/** The camera looks at squares of the board of this side, and their neighbours. */
const CELL = 8;
const MIN_SIDE = 24;

/** The part of the board in sight; fractions of pixels while it moves. */
export type Sight = Area;

/** What the camera does in one slot. */
export interface Path {
  readonly slotMs: number;
  readonly from: Sight;
  readonly to: Sight;
}

/** Reckoned once for each slot, because it looks at every change. */
export function pathAt(changes: readonly Change[], serverMs: number, board: Size, wall: Wall): Path {
  const slotMs = Math.floor(serverMs / SLOT_MS) * SLOT_MS;
  return {
    slotMs,
    from: target(changes, slotMs - SLOT_MS, board, wall),
    to: target(changes, slotMs, board, wall),
  };
}

/** After its slot it rests where it went, which is where the next one begins. */
export function sightOn({ slotMs, from, to }: Path, serverMs: number): Sight {
  const way = Math.min(1, Math.max(0, (serverMs - slotMs) / GLIDE_MS));
  return between(from, to, way * way * (3 - 2 * way));
}

/** Where to look during the slot that begins at `slotMs`; the whole board when nothing happened. */
function target(changes: readonly Change[], slotMs: number, board: Size, wall: Wall): Sight {
  const hot = hottest(
    changes.filter(({ kind, atMs }) => !kind.byOrganiser && atMs <= slotMs && atMs > slotMs - HEAT_MS),
    slotMs,
    board,
  );
  const whole = wholeOnWall(board, wall);
  if (!hot) return whole;
  const { width, height } = wallSize(wall);
  const side = Math.max(MIN_SIDE, Math.min(board.width, board.height) / 3);
  const scale = Math.min(width, height) / side;
  const sight = { width: width / scale, height: height / scale };
  if (sight.width >= whole.width || sight.height >= whole.height) return whole;
  const clamp = (middle: number, size: number, most: number) =>
    size >= most ? (most - size) / 2 : Math.min(most - size, Math.max(0, middle - size / 2));
  return {
    ...sight,
    x: clamp(hot.x, sight.width, board.width),
    y: clamp(hot.y, sight.height, board.height),
  };
}

/** The middle of the hottest cell's surroundings. Newer placements weigh more; a tie is the upper left one's. */
function hottest(changes: readonly Change[], slotMs: number, board: Size): { x: number; y: number } | null {
  const columns = Math.ceil(board.width / CELL);
  const heat = new Map<number, number>();
  for (const { area, atMs } of changes) {
    const [column, row] = [Math.floor(area.x / CELL), Math.floor(area.y / CELL)];
    const weight = 1 - (slotMs - atMs) / (2 * HEAT_MS);
    for (const down of [-1, 0, 1])
      for (const across of [-1, 0, 1]) {
        if (column + across < 0 || column + across >= columns || row + down < 0) continue;
        const cell = (row + down) * columns + column + across;
        heat.set(cell, (heat.get(cell) ?? 0) + (down || across ? weight / 2 : weight));
      }
  }
  let [best, most] = [-1, 0];
  for (const [cell, value] of heat)
    if (value > most || (value === most && cell < best)) [best, most] = [cell, value];
  if (best < 0) return null;
  return { x: ((best % columns) + 0.5) * CELL, y: (Math.floor(best / columns) + 0.5) * CELL };
}

/** The whole board as the canvas scene shows it, in board pixels: the wall's edges lie outside the board. */
function wholeOnWall(board: Size, wall: Wall): Sight {
  const at = boardOnWall(board, wall);
  const { width, height } = wallSize(wall);
  return {
    x: -at.x / at.scale,
    y: -at.y / at.scale,
    width: width / at.scale,
    height: height / at.scale,
  };
}

function between(from: Sight, to: Sight, way: number): Sight {
  const mix = (one: number, other: number) => one + (other - one) * way;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}
