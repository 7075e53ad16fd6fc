/** The drawing page's controls around the canvas: what they show, and which action each one starts. */

import type { BoardSettings } from "../../model/board/settings";
import { sayColor } from "../../model/color-name";
import { secondsLeft } from "../../model/draw/allowance";
import { type DrawState, lastingNotice, placeLabel } from "../../model/draw/draw-state";
import { formatScale } from "../../model/draw/hash";
import type { Rect } from "../../model/geometry";
import type { Say } from "../../texts/i18n";
import { showConnection } from "../connection";
import { byId, setText } from "../element";
import { Notice } from "../notice";
import { Swatches } from "../swatches";

export interface ControlActions {
  place(): void;
  chooseColor(hex: string): void;
  nudge(dx: number, dy: number): void;
  zoom(factor: number): void;
  fit(): void;
  oneToOne(): void;
  who(): void;
  share(): void;
  save(): void;
}

/** With more, a number says it better than dots. */
const MAX_PIPS = 8;

export class Controls {
  readonly panel = byId("panel", HTMLElement);
  readonly notice = new Notice(byId("notice", HTMLElement));
  readonly palette: Swatches;
  readonly #place = byId("place", HTMLButtonElement);
  readonly #who = byId("who", HTMLButtonElement);
  readonly #allowance = byId("allowance", HTMLElement);
  readonly #remaining = byId("remaining", HTMLElement);
  readonly #unit = byId("remaining-unit", HTMLElement);
  readonly #pips = byId("pips", HTMLElement);
  readonly #countdown = byId("countdown", HTMLElement);
  readonly #coordinates = byId("coordinates", HTMLElement);
  readonly #zoom = byId("zoom", HTMLElement);
  readonly #online = byId("online", HTMLElement);
  readonly #connection = byId("connection", HTMLElement);
  #colors: readonly string[] = [];

  constructor(
    actions: ControlActions,
    readonly say: Say,
  ) {
    const board = byId("board", HTMLCanvasElement);
    this.palette = new Swatches(byId("palette", HTMLElement), say, (color) => {
      this.#showColor();
      actions.chooseColor(this.#colors[color] ?? "");
    });
    // After a colour was chosen with a finger or a mouse, the arrow keys move the reticle again.
    this.palette.group.addEventListener(
      "click",
      (event) => event.detail > 0 && board.focus({ preventScroll: true }),
    );
    this.#listen(actions);
  }

  #listen(actions: ControlActions): void {
    const clicked = (id: string, action: () => void) =>
      byId(id, HTMLButtonElement).addEventListener("click", action);
    clicked("place", actions.place);
    clicked("zoom-in", () => actions.zoom(1.5));
    clicked("zoom-out", () => actions.zoom(1 / 1.5));
    clicked("fit", actions.fit);
    clicked("one-to-one", actions.oneToOne);
    clicked("who", actions.who);
    clicked("share", actions.share);
    clicked("share-view", actions.share);
    clicked("save", actions.save);
    for (const arrow of byId("pad", HTMLElement).querySelectorAll("button")) {
      arrow.addEventListener("click", () =>
        actions.nudge(Number(arrow.dataset.dx), Number(arrow.dataset.dy)),
      );
    }
  }

  /** The part of the window that neither bar nor panel covers: the panel is below, or beside on a low screen. */
  freeArea(): Rect {
    const panel = this.panel.getBoundingClientRect();
    const top = byId("bar", HTMLElement).getBoundingClientRect().bottom;
    const covered = panel.top > top ? innerHeight - panel.top : 0;
    document.documentElement.style.setProperty("--panel", `${covered}px`);
    if (panel.top > top) return { left: 0, top, width: innerWidth, height: Math.max(1, panel.top - top) };
    const left = panel.left <= 0 ? panel.right : 0;
    const right = panel.left <= 0 ? innerWidth : panel.left;
    return { left, top: 0, width: Math.max(1, right - left), height: Math.max(1, innerHeight) };
  }

  /** What lies upon it: the buttons for the view, and the pills of the bar. */
  get floating(): readonly Rect[] {
    const elements = document.querySelectorAll("#tools, .pill");
    return [...elements].map((element) => element.getBoundingClientRect());
  }

  /** Colours have names in the language spoken now. */
  showColors(settings: BoardSettings, chosen: number): void {
    this.#colors = settings.colors;
    this.palette.show(settings.colors, chosen);
    this.palette.disable(settings.disabledColors, settings.initialColor);
    this.#showColor();
  }

  translate(): void {
    this.notice.translate();
    this.palette.rename();
    this.#showColor();
  }

  #showColor(): void {
    const color = this.#colors[this.palette.value];
    if (!color) return;
    this.#place.style.setProperty("--color", color);
    setText(byId("color-name", HTMLElement), sayColor(color, this.say));
  }

  show(state: DrawState): void {
    showConnection(this.#connection, state.connection, this.say);
    this.#showAllowance(state);
    setText(this.#coordinates, state.chosen ? `${state.chosen.x}, ${state.chosen.y}` : "–");
    this.#who.disabled = state.chosen === null;
    this.#place.disabled = !state.canPlace;
    setText(this.#place, placeLabel(state, this.say));
    this.notice.lasting = lastingNotice(state, this.say);
  }

  showZoom(scale: number): void {
    setText(this.#zoom, formatScale(scale));
  }

  showPeople(people: number): void {
    setText(this.#online, String(people));
  }

  #showAllowance({ remaining, maxPixels, unlimited, retryInMs }: DrawState): void {
    this.#allowance.hidden = unlimited;
    setText(this.#remaining, remaining === null ? "–" : String(remaining));
    setText(this.#unit, this.say("remaining", { count: remaining ?? maxPixels }));
    const again = { count: maxPixels, seconds: secondsLeft(retryInMs) };
    setText(this.#countdown, retryInMs > 0 ? this.say("again", again) : "");
    const pips = maxPixels <= MAX_PIPS ? maxPixels : 0;
    while (this.#pips.childElementCount > pips) this.#pips.lastElementChild?.remove();
    while (this.#pips.childElementCount < pips) this.#pips.append(document.createElement("i"));
    for (const [index, pip] of [...this.#pips.children].entries()) {
      pip.classList.toggle("full", index < (remaining ?? 0));
    }
  }
}
