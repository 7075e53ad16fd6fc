/** The compact code of a screen, `2-3x2-1920x1080-g40x30-d30-sc60m30-jbr`, for links short enough to be typed. */
import type { Area } from "../geometry";
import type { Programme, SceneName, SceneTime } from "./setup";
import type { Turn, Wall } from "./wall";

const LETTERS: Readonly<Record<SceneName, string>> = {
  canvas: "c",
  camera: "m",
  replay: "r",
  statistics: "s",
  qr: "q",
  slide: "t",
};

/** Each part after the place is optional, and in this order. */
const CODE = new RegExp(
  "^(?<i>\\d{1,5})-(?<c>\\d{1,3})x(?<r>\\d{1,3})-(?<w>\\d{1,5})x(?<h>\\d{1,5})" +
    "(?:-g(?<gx>\\d{1,4})x(?<gy>\\d{1,4}))?" +
    "(?:-t(?<turn>\\d{1,3}))?" +
    "(?:-a(?<area>\\d{1,4}(?:x\\d{1,4}){3}))?" +
    "(?:-d(?<delay>\\d{1,3}))?" +
    "(?:-s(?<scenes>(?:[cmrsqt]\\d{1,4})+))?" +
    "(?:-j(?<join>(?:tl|tr|bl|br)(?:\\d{1,4}x\\d{1,4})?))?" +
    "(?:-w(?<attract>\\d{1,4}))?" +
    "(?<test>-p)?$",
);

export function encodePlace(wall: Wall, screen: number, turn: Turn, crop: Area | null): string {
  const { width, height, columns, rows, gapX, gapY } = wall;
  const gap = gapX || gapY ? `-g${gapX}x${gapY}` : "";
  const area = crop ? `-a${crop.x}x${crop.y}x${crop.width}x${crop.height}` : "";
  return `${screen}-${columns}x${rows}-${width}x${height}${gap}${turn ? `-t${turn}` : ""}${area}`;
}

/** What follows the place; texts of slides are no part of it. */
export function encodeProgramme(programme: Programme, test: boolean): string {
  const { delaySeconds, scenes, join, attractSeconds } = programme;
  const turns = scenes.map(({ scene, seconds }) => `${LETTERS[scene]}${seconds}`).join("");
  const times = join?.everySeconds ? `${join.everySeconds}x${join.forSeconds}` : "";
  return [
    delaySeconds ? `-d${delaySeconds}` : "",
    turns ? `-s${turns}` : "",
    join ? `-j${join.place}${times}` : "",
    attractSeconds ? `-w${attractSeconds}` : "",
    test ? "-p" : "",
  ].join("");
}

/** The same as the long parameters, by their names, still to be checked; null when it is no code at all. */
export function decodeScreenCode(code: string): Record<string, string> | null {
  const parts = CODE.exec(code)?.groups;
  if (!parts) return null;
  const given = Object.entries(parts).filter((part) => part[1] !== undefined);
  return Object.fromEntries(given.map(([name, text]) => [name, asParameter(name, text)]));
}

function asParameter(name: string, text: string): string {
  if (name === "area") return text.replaceAll("x", ",");
  if (name === "join") return text.replace(/(\d+)x(\d+)/, ":$1:$2");
  if (name === "scenes") return [...text.matchAll(/([a-z])(\d+)/g)].map(sceneTime).join(",");
  return name === "test" ? "1" : text;
}

function sceneTime([, letter, seconds]: RegExpMatchArray): `${SceneTime["scene"]}:${string}` {
  const [scene] = Object.entries(LETTERS).find((entry) => entry[1] === letter) ?? [""];
  return `${scene as SceneName}:${seconds}`;
}
