/** The palette as radio buttons, on the drawing page and on the organiser's. */
import { inkOn, swatchName } from "../model/color-name";
import type { Say } from "../texts/i18n";
import { setLabel } from "./element";
import { patternImage } from "./pattern-image";

export class Swatches {
  #colors: readonly string[] = [];

  constructor(
    readonly group: HTMLElement,
    readonly say: Say,
    /** Called with the index that a person chose. */
    readonly chosen: (color: number) => void,
  ) {
    group.addEventListener("change", () => this.chosen(this.value));
  }

  get value(): number {
    return Number(this.group.querySelector<HTMLInputElement>("input:checked")?.value ?? 0);
  }

  /** Builds them anew only for another palette, so that a choice is not lost. */
  show(colors: readonly string[], initialColor: number): void {
    if (String(this.#colors) === String(colors)) return;
    this.#colors = colors;
    this.group.replaceChildren(...colors.map((color, index) => this.#swatch(color, index)));
    this.rename();
    const first = this.group.querySelectorAll("input")[initialColor];
    if (first) first.checked = true;
  }

  /** Takes colours away that nobody may place, and gives others back; who had chosen such a one gets the initial one. */
  disable(indices: readonly number[], initialColor: number): void {
    const inputs = [...this.group.querySelectorAll("input")];
    for (const [index, input] of inputs.entries()) {
      input.disabled = indices.includes(index);
      input.hidden = input.disabled;
    }
    const first = inputs[initialColor];
    if (first && inputs[this.value]?.disabled) first.checked = true;
  }

  /** In the language spoken now. */
  rename(): void {
    for (const [index, input] of [...this.group.querySelectorAll("input")].entries()) {
      input.title = swatchName(this.#colors[index] ?? "", index, this.#colors.length, this.say);
      setLabel(input, input.title);
    }
  }

  #swatch(color: string, index: number): HTMLInputElement {
    const input = document.createElement("input");
    input.type = "radio";
    input.name = this.group.id;
    input.value = String(index);
    input.className = "swatch";
    input.dataset.color = String(index);
    input.style.setProperty("--color", color);
    input.style.setProperty("--ink", inkOn(color));
    input.style.setProperty("--pattern", patternImage(index, color));
    return input;
  }
}
