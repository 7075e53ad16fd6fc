/** A picture in the palette's colours, where it would be drawn: moved as it is, and reduced anew for another size. */
import { type Fields, isCount } from "../fields";
import { type Area, clamp, type Size } from "../geometry";

export interface ReducedPicture extends Size {
  /** Pixels that would be drawn; the others are transparent. */
  readonly pixels: number;
  /** A PNG as a data: URL. */
  readonly picture: string;
}

export function parseReduced({ width, height, pixels, picture }: Fields): ReducedPicture | null {
  if (!isCount(width) || !isCount(height) || !isCount(pixels) || typeof picture !== "string") return null;
  return { width, height, pixels, picture };
}

/** At the upper left corner of an area, or as near to it as lies on the board. */
export function placedAt({ width, height }: Size, corner: { x: number; y: number }, board: Size): Area {
  return {
    x: clamp(corner.x, 0, board.width - width),
    y: clamp(corner.y, 0, board.height - height),
    width,
    height,
  };
}

/** Which side is asked for, where an area has another size than a picture: the one that changed; the other follows. */
export function wantedSide(area: Size | null, before: Size | null): Partial<Size> {
  if (!area) return {};
  return before && area.width === before.width ? { height: area.height } : { width: area.width };
}
