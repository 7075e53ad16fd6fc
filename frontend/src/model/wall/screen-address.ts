/** The address of one screen: `/display?i&w&h&c&r`, more if wanted, or a compact `d`. A wrong parameter is reported and ignored. */

import type { Area } from "../geometry";
import { decodeScreenCode, encodePlace, encodeProgramme } from "./screen-code";
import {
  isJoin,
  isSceneTime,
  isSlide,
  type Join,
  type JoinCorner,
  MAX,
  MIN_SCENE_SECONDS,
  type Problem,
  type Programme,
  type SceneName,
  type SceneTime,
  type ScreenSetup,
  TURNS,
  type WallScreen,
} from "./setup";
import { type Turn, type Wall, wallSize } from "./wall";

export interface ScreenAddress {
  readonly setup: ScreenSetup;
  readonly problems: readonly Problem[];
}

/** No browser sends more than a server reads; a longer one is a mistake or mischief. */
const MAX_LENGTH = 8000;
const PLACE_NAMES = ["i", "w", "h", "c", "r", "gx", "gy"] as const;

/** Reads each parameter once, and notes what is wrong with it. */
class AddressReader {
  readonly problems: Problem[] = [];

  constructor(readonly params: URLSearchParams) {}

  text(name: string): string | null {
    const given = this.params.getAll(name);
    if (given.length > 1) this.wrong("twice", { name });
    return given.length === 1 ? (given[0] ?? "") : null;
  }

  wrong(key: Problem["key"], parts: Problem["parts"]): void {
    this.problems.push({ key, parts });
  }

  /** `fallback` stands for a parameter that is not there or wrong. */
  number(name: string, min: number, max: number, fallback: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    this.wrong("number", { name, min, max });
    return fallback;
  }
}

export function parseScreenAddress(search: string): ScreenAddress {
  const reader = new AddressReader(new URLSearchParams(search.length > MAX_LENGTH ? "" : search));
  if (search.length > MAX_LENGTH) reader.wrong("long", {});
  unfoldCode(reader);
  const place = readPlace(reader);
  const setup = {
    // A part of the wall that was guessed would be a wrong picture in the middle of right ones.
    wallScreen: reader.problems.length === 0 ? place : null,
    turn: readTurn(reader),
    crop: readArea(reader),
    // What was meant to be seen by staff first must not be shown at once because of a slip in an address.
    delaySeconds: reader.params.has("delay")
      ? reader.number("delay", 0, MAX.delaySeconds, MAX.delaySeconds)
      : 0,
    scenes: readScenes(reader),
    slides: readSlides(reader),
    join: readJoin(reader),
    attractSeconds: reader.number("attract", 0, MAX.attractSeconds, 0),
    test: reader.number("test", 0, 1, 0) === 1,
  };
  return { setup, problems: reader.problems };
}

/** The compact code becomes the parameters it stands for. */
function unfoldCode(reader: AddressReader): void {
  const code = reader.text("d");
  if (code === null) return;
  const named = decodeScreenCode(code);
  const names = named ? Object.keys(named) : PLACE_NAMES;
  if (names.some((name) => reader.params.has(name))) reader.wrong("both", {});
  else if (named) for (const [name, value] of Object.entries(named)) reader.params.set(name, value);
  else reader.wrong("code", {});
  // As below: a slip must not show at once what was meant to be delayed.
  if (!named && code.includes("-d")) reader.params.set("delay", String(MAX.delaySeconds));
}

function readPlace(reader: AddressReader): WallScreen | null {
  if (!PLACE_NAMES.some((name) => reader.params.has(name))) return null;
  const sides = ["w", "h"].filter((name) => !reader.params.has(name));
  const side = (name: string) => reader.number(name, 1, MAX.side, 1);
  const wall: Wall = {
    width: side("w"),
    height: side("h"),
    columns: reader.number("c", 1, MAX.count, 1),
    rows: reader.number("r", 1, MAX.count, 1),
    gapX: reader.number("gx", 0, MAX.gap, 0),
    gapY: reader.number("gy", 0, MAX.gap, 0),
  };
  const screen = reader.number("i", 1, wall.columns * wall.rows, 1);
  // What is missing is said where all that is there is right: one mistake has one cause.
  if (reader.problems.length === 0)
    for (const name of sides) reader.wrong("number", { name, min: 1, max: MAX.side });
  return { wall, screen };
}

function readTurn(reader: AddressReader): Turn {
  const text = reader.text("turn");
  if (text === null) return 0;
  const turn = TURNS.find((known) => String(known) === text);
  if (turn === undefined) reader.wrong("turn", {});
  return turn ?? 0;
}

function readArea(reader: AddressReader): Area | null {
  const text = reader.text("area");
  if (text === null) return null;
  const numbers = /^\d{1,4}(,\d{1,4}){3}$/.test(text) ? text.split(",").map(Number) : [];
  const [x = 0, y = 0, width = 0, height = 0] = numbers;
  if (width >= 1 && height >= 1 && x + width <= MAX.board && y + height <= MAX.board)
    return { x, y, width, height };
  reader.wrong("area", { max: MAX.board });
  return null;
}

function readScenes(reader: AddressReader): readonly SceneTime[] {
  const text = reader.text("scenes");
  if (text === null) return [];
  const scenes = text.split(",").map((part): SceneTime => {
    const [, scene = "", seconds = ""] = /^([a-z]+):(\d{1,4})$/.exec(part) ?? [];
    return { scene: scene as SceneName, seconds: Number(seconds) };
  });
  if (scenes.length <= MAX.scenes && scenes.every(isSceneTime)) return scenes;
  reader.wrong("scenes", { min: MIN_SCENE_SECONDS, max: MAX.sceneSeconds });
  return [];
}

function readSlides(reader: AddressReader): readonly string[] {
  const slides = reader.params.getAll("slide");
  if (slides.length <= MAX.slides && slides.every(isSlide)) return slides;
  reader.wrong("slide", { max: MAX.slideLength });
  return slides.slice(0, MAX.slides).filter(isSlide);
}

function readJoin(reader: AddressReader): Join | null {
  const text = reader.text("join");
  if (text === null) return null;
  const [, place = "", every = "0", lasts = "0"] = /^([a-z]{2})(?::(\d{1,4}):(\d{1,4}))?$/.exec(text) ?? [];
  const join = { place: place as JoinCorner, everySeconds: Number(every), forSeconds: Number(lasts) };
  if (isJoin(join)) return join;
  reader.wrong("join", {});
  return null;
}

/** The programme's part of an address, without its leading `&`; "" when it is plain. */
function programmeQuery({ delaySeconds, scenes, slides, join, attractSeconds }: Programme): string {
  const query = new URLSearchParams();
  if (delaySeconds) query.set("delay", String(delaySeconds));
  if (scenes.length) query.set("scenes", scenes.map(({ scene, seconds }) => `${scene}:${seconds}`).join(","));
  for (const slide of slides) query.append("slide", slide);
  if (join) {
    const { place, everySeconds, forSeconds } = join;
    query.set("join", everySeconds ? `${place}:${everySeconds}:${forSeconds}` : place);
  }
  if (attractSeconds) query.set("attract", String(attractSeconds));
  // Both are allowed in a query as they are, and people read these addresses.
  return query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
}

/** The whole address, as the thesis has it; what is as usual is left out. */
export function longAddress(
  wall: Wall,
  screen: number,
  turn: Turn,
  programme: Programme,
  test: boolean,
): string {
  const { width, height, columns, rows, gapX, gapY } = wall;
  const { crop } = programme;
  const query = [
    `i=${screen}&w=${width}&h=${height}&c=${columns}&r=${rows}`,
    gapX || gapY ? `gx=${gapX}&gy=${gapY}` : "",
    turn ? `turn=${turn}` : "",
    crop ? `area=${crop.x},${crop.y},${crop.width},${crop.height}` : "",
    programmeQuery(programme),
    test ? "test=1" : "",
  ];
  return `/display?${query.filter(Boolean).join("&")}`;
}

/** `/d/...`, which the server turns into `/display?d=...`; slides alone, which have words of their own, are behind a `?`. */
export function shortAddress(
  wall: Wall,
  screen: number,
  turn: Turn,
  programme: Programme,
  test: boolean,
): string {
  const query = new URLSearchParams(programme.slides.map((slide) => ["slide", slide]));
  const code = encodePlace(wall, screen, turn, programme.crop) + encodeProgramme(programme, test);
  return `/d/${code}${programme.slides.length ? `?${query}` : ""}`;
}

/** One window as large as it is. */
export const asOneScreen = ({ width, height }: { width: number; height: number }): WallScreen => ({
  wall: { width, height, columns: 1, rows: 1, gapX: 0, gapY: 0 },
  screen: 1,
});

/** The same wall as if it were one screen, for a preview of all of it. */
export const asOneWall = (wall: Wall): WallScreen => asOneScreen(wallSize(wall));
