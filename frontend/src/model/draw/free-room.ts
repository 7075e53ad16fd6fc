/** Where the whole board is shown: as large as it can be where nothing that floats upon the canvas covers it. */
import type { Rect, Size } from "../geometry";

/** `area` is what the panel leaves of the window, `floating` what lies upon it. */
export function freeRoom(area: Rect, floating: readonly Rect[], board: Size): Rect {
  const rooms = floating.reduce<readonly Rect[]>(
    (parts, one) => parts.flatMap((room) => [room, ...beside(room, one)]),
    [area],
  );
  const scaleIn = (room: Rect) => Math.min(room.width / board.width, room.height / board.height);
  const isFree = (room: Rect) => {
    const at = boardIn(room, board, scaleIn(room));
    return scaleIn(room) > 0 && !floating.some((one) => overlap(at, one));
  };
  const free = rooms.filter(isFree);
  return free.reduce((best, room) => (scaleIn(room) > scaleIn(best) ? room : best), free[0] ?? area);
}

/** What is left of a room at the four sides of something in it. */
function beside(room: Rect, { left, top, width, height }: Rect): readonly Rect[] {
  const [right, bottom] = [left + width, top + height];
  return [
    { ...room, width: left - room.left },
    { ...room, left: right, width: room.left + room.width - right },
    { ...room, height: top - room.top },
    { ...room, top: bottom, height: room.top + room.height - bottom },
  ];
}

/** In the middle of the room. */
function boardIn({ left, top, width, height }: Rect, board: Size, scale: number): Rect {
  const size = { width: board.width * scale, height: board.height * scale };
  return { left: left + (width - size.width) / 2, top: top + (height - size.height) / 2, ...size };
}

const overlap = (one: Rect, other: Rect): boolean =>
  one.left < other.left + other.width &&
  other.left < one.left + one.width &&
  one.top < other.top + other.height &&
  other.top < one.top + one.height;
