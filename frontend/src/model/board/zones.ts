/** Areas with rules of their own, as the server tells them: what a page shows of them. The server alone judges. */
import { countOr, isCount, isFields } from "../fields";
import type { Area } from "../geometry";

export interface Zone extends Area {
  readonly id: number;
  /** Nobody may draw there; otherwise colours or an allowance are others there. */
  readonly closed: boolean;
  readonly reason: string;
}

/** In the order in which they were put in force. What was read before is read as the same again: see `live.ts`. */
export function parseZones(value: unknown): readonly Zone[] {
  return Array.isArray(value) ? value.map(parseZone).filter((zone) => zone !== null) : [];
}

function parseZone(value: unknown): Zone | null {
  if (!isFields(value)) return null;
  const { x, y, width, height, closed, reason } = value;
  if (!isCount(x) || !isCount(y) || !isCount(width) || !isCount(height)) return null;
  const words = typeof reason === "string" ? reason : "";
  return { id: countOr(value.id, 0), x, y, width, height, closed: closed === true, reason: words };
}

/** The zone that a person should know of at a pixel: a closed one before others, the newest of several. */
export function zoneAt(zones: readonly Zone[], { x, y }: { x: number; y: number }): Zone | null {
  const newestFirst = [...zones].reverse();
  const here = newestFirst.filter((area) => {
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    return x >= area.x && x < right && y >= area.y && y < bottom;
  });
  return here.find(({ closed }) => closed) ?? here[0] ?? null;
}
