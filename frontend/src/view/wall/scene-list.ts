/** The rotation of scenes as fields: one row each, with its seconds, and a text where it is a slide. */

import { MAX, MIN_SCENE_SECONDS, SCENES, type SceneName, type SceneTime } from "../../model/wall/setup";
import type { Say } from "../../texts/i18n";
import { byId, setLabel } from "../element";

const DEFAULT_SECONDS: Readonly<Record<SceneName, number>> = {
  canvas: 120,
  camera: 60,
  replay: 60,
  statistics: 20,
  qr: 20,
  slide: 15,
};

export class SceneList {
  readonly #list = byId("scenes", HTMLElement);
  readonly #add = byId("add-scene", HTMLButtonElement);

  constructor(
    readonly say: Say,
    readonly changed: () => void,
  ) {
    this.#add.addEventListener("click", () => {
      const last = this.#list.lastElementChild?.querySelector("select")?.value as SceneName | undefined;
      const scene = SCENES[last ? (SCENES.indexOf(last) + 1) % SCENES.length : 0] ?? "canvas";
      this.#row({ scene, seconds: DEFAULT_SECONDS[scene] }, "");
      this.#number();
      this.changed();
    });
  }

  show(scenes: readonly SceneTime[], slides: readonly string[]): void {
    let next = 0;
    this.#list.replaceChildren();
    for (const time of scenes) {
      const slide = time.scene === "slide" ? (slides[next++ % Math.max(1, slides.length)] ?? "") : "";
      this.#row(time, slide);
    }
    this.#number();
  }

  /** `numberOf` throws for a field that is wrong. */
  read(numberOf: (input: HTMLInputElement) => number): { scenes: SceneTime[]; slides: string[] } {
    const rows = [...this.#list.children];
    const scenes = rows.map((row) => ({
      scene: row.querySelector("select")?.value as SceneName,
      seconds: numberOf(row.querySelector("input[type=number]") as HTMLInputElement),
    }));
    const texts = rows.filter((_, index) => scenes[index]?.scene === "slide");
    const slides = texts.map((row) => row.querySelector<HTMLInputElement>(".slide")?.value.trim() || "…");
    return { scenes, slides };
  }

  #row({ scene, seconds }: SceneTime, slide: string): void {
    const item = document.createElement("li");
    const select = document.createElement("select");
    for (const name of SCENES) select.add(new Option(this.say(`scene.${name}`), name));
    select.value = scene;
    const time = document.createElement("input");
    Object.assign(time, { type: "number", inputMode: "numeric", required: true });
    Object.assign(time, { min: String(MIN_SCENE_SECONDS), max: String(MAX.sceneSeconds) });
    time.valueAsNumber = seconds;
    const text = document.createElement("input");
    Object.assign(text, { type: "text", className: "slide", maxLength: MAX.slideLength, value: slide });
    text.placeholder = this.say("wall.slideExample");
    text.hidden = scene !== "slide";
    select.addEventListener("input", () => {
      text.hidden = select.value !== "slide";
    });
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button", className: "icon", textContent: "×" });
    remove.addEventListener("click", () => {
      item.remove();
      this.#number();
      this.changed();
    });
    item.append(select, time, remove, text);
    this.#list.append(item);
  }

  /** The fields' labels say which scene they belong to. */
  #number(): void {
    for (const [index, row] of [...this.#list.children].entries()) {
      const number = index + 1;
      const label = (selector: string, key: string) => {
        const element = row.querySelector<HTMLElement>(selector);
        if (element) setLabel(element, this.say(key, { number }));
      };
      label("select", "wall.sceneName");
      label("input[type=number]", "wall.sceneSeconds");
      label(".slide", "wall.sceneSlide");
      label("button", "wall.removeScene");
    }
    this.#add.disabled = this.#list.childElementCount >= MAX.scenes;
  }
}
