/** The wall that the server's settings propose. */
import { isFields } from "../model/fields";
import { parseWall } from "../model/wall/composition";
import type { Wall } from "../model/wall/wall";

/** Null when no answer came, or one without a wall. */
export async function readProposedWall(): Promise<Wall | null> {
  try {
    const config: unknown = await (await fetch("./api/config")).json();
    const side = (name: string) => (isFields(config) ? config[`display${name}`] : null);
    const [width, height, columns, rows] = ["Width", "Height", "Columns", "Rows"].map(side);
    return parseWall({ width, height, columns, rows });
  } catch {
    return null;
  }
}
