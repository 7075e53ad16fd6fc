/** The compact code of a screen's place, `2-3x2-1920x1080-g40x30-t90-a0x0x64x32`, for links short enough to be typed. */
import type { Area } from "../geometry";
import type { Turn, Wall } from "./wall";

const CODE =
  /^(\d{1,5})-(\d{1,3})x(\d{1,3})-(\d{1,5})x(\d{1,5})(?:-g(\d{1,4})x(\d{1,4}))?(?:-t(\d{1,3}))?(?:-a(\d{1,4})x(\d{1,4})x(\d{1,4})x(\d{1,4}))?$/;

export function encodePlace(wall: Wall, screen: number, turn: Turn, crop: Area | null): string {
  const { width, height, columns, rows, gapX, gapY } = wall;
  const gap = gapX || gapY ? `-g${gapX}x${gapY}` : "";
  const area = crop ? `-a${crop.x}x${crop.y}x${crop.width}x${crop.height}` : "";
  return `${screen}-${columns}x${rows}-${width}x${height}${gap}${turn ? `-t${turn}` : ""}${area}`;
}

/** The same as the long parameters, by their names, still to be checked; null when it is no code at all. */
export function decodePlace(code: string): Record<string, string> | null {
  const match = CODE.exec(code);
  if (!match) return null;
  const [, i = "", c = "", r = "", w = "", h = "", gx, gy, turn, x, y, width, height] = match;
  return {
    ...{ i, c, r, w, h },
    ...(gx === undefined ? {} : { gx, gy: gy ?? "" }),
    ...(turn === undefined ? {} : { turn }),
    ...(x === undefined ? {} : { area: `${x},${y},${width},${height}` }),
  };
}
