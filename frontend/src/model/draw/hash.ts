/** `#x,y,scale`: a place on the board that can be shared as an address. */

export interface HashView {
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
}

const HASH = /^#(\d{1,4}),(\d{1,4})(?:,(\d{1,4}(?:\.\d{1,4})?))?$/;

/** Null when the text is not a place, or lies outside the board. */
export function parseHash(hash: string, board: { width: number; height: number }): HashView | null {
  const match = HASH.exec(hash);
  if (!match) return null;
  const place = { x: Number(match[1]), y: Number(match[2]) };
  const scale = Number(match[3] ?? 0);
  if (place.x >= board.width || place.y >= board.height) return null;
  return scale > 0 ? { ...place, scale } : place;
}

export const formatHash = ({ x, y, scale }: Required<HashView>): string =>
  `#${x},${y},${Number(scale.toFixed(scale < 1 ? 3 : 1))}`;

export const formatScale = (scale: number): string =>
  `${Number(scale.toFixed(scale < 1 ? 2 : scale < 10 ? 1 : 0))}×`;
