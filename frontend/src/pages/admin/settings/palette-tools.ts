/** The palette: colours are added, or kept from being placed; pixels that have such a one keep it. */
import type { Board } from "../../../model/board/board";
import type { BoardSettings } from "../../../model/board/settings";
import { sayColor } from "../../../model/color-name";
import type { Say } from "../../../texts/i18n";
import { byId, setLabel, setText } from "../../../view/element";
import { Swatches } from "../../../view/swatches";
import type { Actions } from "../actions";

const PATH = "/api/settings";

export class PaletteTools {
  readonly #group = byId("colors", HTMLElement);
  readonly #words = byId("colors-words", HTMLElement);
  readonly #disable = byId("color-disable", HTMLButtonElement);
  readonly #first = byId("color-first", HTMLButtonElement);
  readonly #new = byId("color-new", HTMLInputElement);
  readonly #add = byId("color-add", HTMLButtonElement);
  readonly #swatches: Swatches;
  #now: BoardSettings | null = null;

  constructor(
    readonly board: Board,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    this.#swatches = new Swatches(this.#group, say, () => this.show());
    this.#disable.addEventListener("click", () => void this.#toggle());
    this.#first.addEventListener("click", () => void this.#makeFirst());
    byId("color-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#addColor();
    });
  }

  adopt(settings: BoardSettings): void {
    this.#now = settings;
    this.#swatches.show(settings.colors, settings.initialColor);
    this.show();
  }

  /** Also once the language is another. */
  show(): void {
    const { value } = this.#swatches;
    this.#swatches.rename();
    for (const swatch of this.#group.querySelectorAll("input")) {
      const isOff = this.#isOff(Number(swatch.value));
      swatch.dataset.off = String(isOff);
      if (isOff) setLabel(swatch, this.say("colors.off", { color: swatch.title }));
    }
    const isFirst = this.#now?.initialColor === value;
    setText(this.#disable, this.say(this.#isOff(value) ? "colors.enable" : "colors.disable"));
    setText(this.#words, this.#now ? this.#effect(value, isFirst) : "");
  }

  #isOff(color: number): boolean {
    return this.#now?.disabledColors.includes(color) === true;
  }

  #name(color: number): string {
    return sayColor(this.#now?.colors[color] ?? "", this.say);
  }

  #effect(color: number, isFirst: boolean): string {
    const count = this.board.pixels.reduce((sum, each) => sum + Number(each === color), 0);
    const words = this.say("colors.effect", { color: this.#name(color), count });
    return isFirst ? `${words} ${this.say("colors.isFirst")}` : words;
  }

  async #toggle(): Promise<void> {
    const { value } = this.#swatches;
    const before = this.#now?.disabledColors ?? [];
    const after = this.#isOff(value) ? before.filter((color) => color !== value) : [...before, value];
    const what = `${this.#name(value)}: ${this.#disable.textContent}`;
    await this.actions.run(this.#disable, what, PATH, { disabledColors: after }, "PATCH");
    this.show();
  }

  async #makeFirst(): Promise<void> {
    const initialColor = this.#swatches.value;
    const what = `${this.#name(initialColor)}: ${this.#first.textContent}`;
    await this.actions.run(this.#first, what, PATH, { initialColor }, "PATCH");
    this.show();
  }

  async #addColor(): Promise<void> {
    if (!this.#now) return;
    const color = this.#new.value.toUpperCase();
    const what = this.say("colors.added", { color });
    await this.actions.run(this.#add, what, PATH, { colors: [...this.#now.colors, color] }, "PATCH");
  }
}
