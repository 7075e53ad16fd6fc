/** A composed wall: what `/displays` keeps, exports and imports, and the addresses it makes. Parsed once, on arrival. */

import { isFields } from "../fields";
import type { Area } from "../geometry";
import {
  DEFAULT_PROGRAMME,
  isJoin,
  isSceneTime,
  isSlide,
  isWhole,
  type Join,
  MAX,
  type Programme,
  type SceneTime,
  TURNS,
} from "./setup";
import type { Turn, Wall } from "./wall";

export interface Composition {
  readonly wall: Wall;
  /** By screen, from the first; screens beyond hang upright. */
  readonly turns: readonly Turn[];
  readonly programme: Programme;
}

const VERSION = 1;
export const DEFAULT_COMPOSITION: Composition = {
  wall: { width: 1920, height: 1080, columns: 1, rows: 1, gapX: 0, gapY: 0 },
  turns: [],
  programme: DEFAULT_PROGRAMME,
};

/** A file larger than this is not one of ours. */
export const MAX_FILE_BYTES = 100_000;

export const turnOf = (composition: Composition, screen: number): Turn => composition.turns[screen - 1] ?? 0;

export const encodeComposition = (composition: Composition): string =>
  `${JSON.stringify({ beeplace: "wall", version: VERSION, ...composition }, null, 2)}\n`;

/** What is wrong with a file: it is none, or one of its parts. */
export type CompositionError = "file" | "version" | keyof Composition | keyof Programme;

/** Reads a file, or what the browser kept; a wall alone is what an earlier version kept. */
export function parseComposition(value: unknown): Composition | { readonly error: CompositionError } {
  if (!isFields(value)) return { error: "file" };
  if (!("beeplace" in value)) {
    const wall = parseWall(value);
    return wall ? { ...DEFAULT_COMPOSITION, wall } : { error: "file" };
  }
  if (value.beeplace !== "wall") return { error: "file" };
  if (value.version !== VERSION) return { error: "version" };
  const [wall, turns, programme] = [
    parseWall(value.wall),
    parseTurns(value.turns),
    parseProgramme(value.programme),
  ];
  if (!wall) return { error: "wall" };
  if (!turns || turns.length > wall.columns * wall.rows) return { error: "turns" };
  return typeof programme === "string" ? { error: programme } : { wall, turns, programme };
}

/** Null when any of it is out of range; gaps may be missing. */
export function parseWall(value: unknown): Wall | null {
  if (!isFields(value)) return null;
  const { width, height, columns, rows, gapX = 0, gapY = 0 } = value;
  const good =
    isWhole(width, 1, MAX.side) &&
    isWhole(height, 1, MAX.side) &&
    isWhole(columns, 1, MAX.count) &&
    isWhole(rows, 1, MAX.count) &&
    isWhole(gapX, 0, MAX.gap) &&
    isWhole(gapY, 0, MAX.gap);
  return good ? { width, height, columns, rows, gapX, gapY } : null;
}

const parseTurns = (value: unknown): readonly Turn[] | null =>
  Array.isArray(value) && value.every((turn) => TURNS.includes(turn)) ? value : null;

/** The name of the first part that is wrong, otherwise. */
function parseProgramme(value: unknown): Programme | keyof Programme | "programme" {
  if (!isFields(value)) return "programme";
  const { crop, delaySeconds, scenes, slides, join, attractSeconds } = value;
  if (crop !== null && !isCrop(crop)) return "crop";
  if (!isWhole(delaySeconds, 0, MAX.delaySeconds)) return "delaySeconds";
  if (!isList(scenes, MAX.scenes, (scene) => isFields(scene) && isSceneTime(scene as unknown as SceneTime)))
    return "scenes";
  if (!isList(slides, MAX.slides, isSlide)) return "slides";
  if (join !== null && !(isFields(join) && isJoin(join as unknown as Join))) return "join";
  if (!isWhole(attractSeconds, 0, MAX.attractSeconds)) return "attractSeconds";
  return {
    crop,
    delaySeconds,
    scenes: (scenes as SceneTime[]).map(({ scene, seconds }) => ({ scene, seconds })),
    slides: slides as string[],
    join: join as Join | null,
    attractSeconds,
  };
}

const isList = (value: unknown, max: number, good: (item: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.length <= max && value.every(good);

function isCrop(value: unknown): value is Area {
  if (!isFields(value)) return false;
  const { x, y, width, height } = value;
  const good =
    isWhole(x, 0, MAX.board - 1) &&
    isWhole(y, 0, MAX.board - 1) &&
    isWhole(width, 1, MAX.board) &&
    isWhole(height, 1, MAX.board);
  return good && x + width <= MAX.board && y + height <= MAX.board;
}
