/** The fields of `/displays`: shows a composition, and reads it back or says which field is wrong. */
import type { Area } from "../../model/geometry";
import type { Composition } from "../../model/wall/composition";
import { isJoin, JOIN_CORNERS, type Join, type JoinCorner, TURNS } from "../../model/wall/setup";
import type { Turn, Wall } from "../../model/wall/wall";
import type { Say } from "../../texts/i18n";
import { byId } from "../element";
import { SceneList } from "./scene-list";

const WALL = ["columns", "rows", "width", "height", "gapX", "gapY"] as const;
const CROP = ["cropX", "cropY", "cropWidth", "cropHeight"] as const;
const MIXED = "mixed";

/** A field that cannot be read, in words for the person. */
class BadField extends Error {}

export class WallForm {
  readonly #scenes: SceneList;
  readonly #turn = byId("turn-all", HTMLSelectElement);
  readonly #join = byId("join", HTMLSelectElement);
  readonly #crop = byId("crop", HTMLInputElement);

  constructor(
    readonly say: Say,
    /** What is in the fields, or what is wrong with them. */
    readonly changed: (read: { composition: Composition } | { problem: string }) => void,
    readonly shown: () => Composition,
  ) {
    this.#scenes = new SceneList(say, () => this.#read());
    for (const turn of TURNS) this.#turn.add(new Option(`${turn}°`, String(turn)));
    this.#turn.add(new Option(say("wall.mixed"), MIXED));
    this.#join.add(new Option(say("wall.joinNone"), ""));
    for (const place of JOIN_CORNERS) this.#join.add(new Option(say(`wall.${place}`), place));
    const form = byId("wall-form", HTMLFormElement);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#read());
  }

  show({ wall, turns, programme }: Composition): void {
    for (const name of WALL) setNumber(name, wall[name]);
    const count = wall.columns * wall.rows;
    const all = Array.from({ length: count }, (_, index) => turns[index] ?? 0);
    this.#turn.value = all.every((turn) => turn === all[0]) ? String(all[0]) : MIXED;
    const { crop, join, delaySeconds, attractSeconds, scenes, slides } = programme;
    this.#crop.checked = crop !== null;
    const { x, y, width, height } = crop ?? { x: 0, y: 0, width: 32, height: 32 };
    for (const [index, value] of [x, y, width, height].entries()) setNumber(CROP[index] ?? "cropX", value);
    setNumber("delay", delaySeconds);
    setNumber("attract", attractSeconds);
    this.#join.value = join?.place ?? "";
    setNumber("joinEvery", join?.everySeconds ?? 120);
    setNumber("joinFor", join?.forSeconds ?? 20);
    this.#scenes.show(scenes, slides);
    this.#hideUnused();
  }

  #hideUnused(): void {
    byId("crop-fields", HTMLElement).hidden = !this.#crop.checked;
    for (const label of document.querySelectorAll<HTMLElement>(".join-only"))
      label.hidden = !this.#join.value;
  }

  #read(): void {
    this.#hideUnused();
    try {
      this.changed({ composition: this.#composition() });
    } catch (error) {
      if (!(error instanceof BadField)) throw error;
      this.changed({ problem: error.message });
    }
  }

  #composition(): Composition {
    const wall = Object.fromEntries(WALL.map((name) => [name, this.#number(name)])) as unknown as Wall;
    return {
      wall,
      turns: this.#turns(wall.columns * wall.rows),
      programme: {
        crop: this.#crop.checked ? this.#area() : null,
        delaySeconds: this.#number("delay"),
        attractSeconds: this.#number("attract"),
        join: this.#joinRead(),
        ...this.#scenes.read((input) => this.#numberOf(input)),
      },
    };
  }

  #turns(count: number): readonly Turn[] {
    if (this.#turn.value === MIXED) return this.shown().turns.slice(0, count);
    const turn = Number(this.#turn.value) as Turn;
    return turn === 0 ? [] : Array.from({ length: count }, () => turn);
  }

  #area(): Area {
    const [x = 0, y = 0, width = 1, height = 1] = CROP.map((name) => this.#number(name));
    return { x, y, width: Math.min(width, 4096 - x), height: Math.min(height, 4096 - y) };
  }

  #joinRead(): Join | null {
    if (!this.#join.value) return null;
    const join = {
      place: this.#join.value as JoinCorner,
      everySeconds: this.#number("joinEvery"),
      forSeconds: this.#number("joinFor"),
    };
    if (!isJoin(join)) throw new BadField(this.say("wall.badJoin"));
    return join;
  }

  #number(id: string): number {
    return this.#numberOf(byId(id, HTMLInputElement));
  }

  #numberOf(input: HTMLInputElement): number {
    const value = input.valueAsNumber;
    const [min, max] = [Number(input.min), Number(input.max)];
    const good = Number.isInteger(value) && value >= min && value <= max;
    input.setAttribute("aria-invalid", String(!good));
    if (good) return value;
    const field = input.labels?.[0]?.textContent ?? input.getAttribute("aria-label") ?? "";
    throw new BadField(this.say("wall.bad", { field: `“${field}”`, min, max }));
  }
}

function setNumber(id: string, value: number): void {
  const input = byId(id, HTMLInputElement);
  if (input.valueAsNumber !== value) input.valueAsNumber = value;
  input.removeAttribute("aria-invalid");
}
