/** What one screen of a wall does: where it hangs, what it shows and when. Its ranges are the same wherever they are read. */
import type { Area } from "../geometry";
import type { Turn, Wall } from "./wall";

export const SCENES = ["canvas", "camera", "replay", "statistics", "qr", "slide"] as const;
export type SceneName = (typeof SCENES)[number];

export const JOIN_CORNERS = ["tl", "tr", "bl", "br"] as const;
export type JoinCorner = (typeof JOIN_CORNERS)[number];
export const TURNS: readonly Turn[] = [0, 90, 180, 270];

/** One turn of the rotation. */
export interface SceneTime {
  readonly scene: SceneName;
  readonly seconds: number;
}

/** The QR code to join, in a corner: always, or now and then. */
export interface Join {
  readonly place: JoinCorner;
  /** 0: always. */
  readonly everySeconds: number;
  readonly forSeconds: number;
}

/** What all screens of a wall have in common beside their places. */
export interface Programme {
  readonly crop: Area | null;
  readonly delaySeconds: number;
  readonly scenes: readonly SceneTime[];
  /** Texts, or addresses of pictures on this site (they begin with a slash): one for each `slide` in turn. */
  readonly slides: readonly string[];
  readonly join: Join | null;
  /** Without a placement for so long, the board's pixels begin to move; 0: never. */
  readonly attractSeconds: number;
}

export interface WallScreen {
  readonly wall: Wall;
  /** From 1, row by row. */
  readonly screen: number;
}

export interface ScreenSetup extends Programme {
  /** Null: one screen that fills its browser. */
  readonly wallScreen: WallScreen | null;
  readonly turn: Turn;
  readonly test: boolean;
}

/** A shorter turn could not be read. */
export const MIN_SCENE_SECONDS = 5;

/** The largest values that a form or an address may ask for. */
export const MAX = {
  side: 16_384,
  count: 100,
  gap: 2000,
  board: 4096,
  delaySeconds: 60,
  scenes: 20,
  sceneSeconds: 3600,
  slides: 20,
  slideLength: 200,
  everySeconds: 3600,
  attractSeconds: 3600,
} as const;

export const DEFAULT_PROGRAMME: Programme = {
  crop: null,
  delaySeconds: 0,
  scenes: [],
  slides: [],
  join: null,
  attractSeconds: 0,
};

/** Something that is wrong, as the key of a text and what stands in it. */
export interface Problem {
  readonly key: "number" | "twice" | "turn" | "area" | "scenes" | "slide" | "join" | "code" | "both" | "long";
  readonly parts: Readonly<Record<string, string | number>>;
}

export const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

export const isSceneTime = (value: SceneTime): boolean =>
  SCENES.includes(value.scene) && isWhole(value.seconds, MIN_SCENE_SECONDS, MAX.sceneSeconds);

/** `for` may not last longer than until the next time. */
export const isJoin = ({ place, everySeconds, forSeconds }: Join): boolean =>
  JOIN_CORNERS.includes(place) &&
  isWhole(everySeconds, 0, MAX.everySeconds) &&
  isWhole(forSeconds, 0, MAX.everySeconds) &&
  (everySeconds === 0 || (forSeconds > 0 && forSeconds <= everySeconds));

/** A slide's picture may only come from this site; everything else is a text. */
export const isPicture = (slide: string): boolean => /^\/[^/\\]/.test(slide);

export const isSlide = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= MAX.slideLength;
