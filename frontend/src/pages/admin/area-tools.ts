/** What is done with the chosen area: its numbers, the colour that fills it, and clearing it. */
import type { BoardSettings } from "../../model/board/settings";
import { parseArea } from "../../model/desk/area";
import type { Area, Size } from "../../model/geometry";
import type { Say } from "../../texts/i18n";
import { byId } from "../../view/element";
import { Swatches } from "../../view/swatches";
import type { Actions } from "./actions";

const FIELDS = ["x", "y", "width", "height"] as const;

export interface AreaHandlers {
  board(): Size;
  /** The numbers were typed; null while they make no area. */
  typed(area: Area | null): void;
}

export class AreaTools {
  readonly #fields = FIELDS.map((name) => byId(name, HTMLInputElement));
  readonly palette: Swatches;
  #typing = false;

  constructor(
    readonly actions: Actions,
    readonly say: Say,
    readonly on: AreaHandlers,
  ) {
    this.palette = new Swatches(byId("palette", HTMLElement), say, () => {});
    for (const field of this.#fields) field.addEventListener("input", () => this.#typed());
    const fill = byId("fill", HTMLButtonElement);
    fill.addEventListener("click", () => this.#paint(fill, "fill", { color: this.palette.value }));
    const clear = byId("clear", HTMLButtonElement);
    clear.addEventListener("click", () => this.#paint(clear, "clear", {}));
  }

  /** What the four fields say, while it makes sense. */
  get area(): Area | null {
    const [x = Number.NaN, y = Number.NaN, width = Number.NaN, height = Number.NaN] = this.#fields.map(
      (field) => field.valueAsNumber,
    );
    return parseArea({ x, y, width, height }, this.on.board());
  }

  /** Numbers that are being typed stay, though they make no area yet. */
  show(area: Area | null): void {
    if (this.#typing) return;
    for (const [index, name] of FIELDS.entries()) {
      const field = this.#fields[index];
      if (field) field.value = area ? String(area[name]) : "";
    }
  }

  adopt(settings: BoardSettings): void {
    this.palette.show(settings.colors, 0);
    for (const [index, name] of FIELDS.entries()) {
      const size = name === "x" || name === "width" ? settings.width : settings.height;
      const field = this.#fields[index];
      if (field) field.max = String(index < 2 ? size - 1 : size);
    }
  }

  #typed(): void {
    this.#typing = true;
    this.on.typed(this.area);
    this.#typing = false;
  }

  #paint(button: HTMLButtonElement, kind: "fill" | "clear", fields: object): void {
    const { area } = this;
    if (!area) {
      this.actions.tell(this.say("area.outside"), false);
      return;
    }
    const what = this.say(`area.${kind}.what`, { count: area.width * area.height, x: area.x, y: area.y });
    void this.actions.take(button, what, kind, { area, ...fields });
  }
}
