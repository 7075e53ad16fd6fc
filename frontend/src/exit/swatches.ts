/** The palette as radio buttons, on the drawing page and on the organiser's. */
import { inkOn, swatchName } from "../internal/color-name";

export class Swatches {
  #colors = "";

  constructor(
    readonly group: HTMLElement,
    readonly chosen: (color: number) => void,
  ) {
    group.addEventListener("change", () => this.chosen(this.value));
  }

  get value(): number {
    return Number(this.group.querySelector<HTMLInputElement>("input:checked")?.value ?? 0);
  }

  /** Builds them anew only for another palette, so that a choice is not lost. */
  show(colors: readonly string[], initialColor: number): void {
    if (this.#colors === String(colors)) return;
    this.#colors = String(colors);
    this.group.replaceChildren(...colors.map((color, index) => this.#swatch(color, index, colors.length)));
    const first = this.group.querySelectorAll("input")[initialColor];
    if (first) first.checked = true;
    this.chosen(initialColor);
  }

  #swatch(color: string, index: number, of: number): HTMLInputElement {
    const input = document.createElement("input");
    input.type = "radio";
    input.name = this.group.id;
    input.value = String(index);
    input.className = "swatch";
    input.dataset.color = String(index);
    input.ariaLabel = swatchName(color, index, of);
    input.title = input.ariaLabel;
    input.style.setProperty("--color", color);
    input.style.setProperty("--ink", inkOn(color));
    return input;
  }
}
