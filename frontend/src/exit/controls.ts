/** The drawing page's controls around the canvas: what they show, and which action each one starts. */

import { secondsLeft } from "../internal/allowance";
import type { Rect } from "../internal/camera";
import { formatScale } from "../internal/hash";
import type { LinkState } from "../internal/link-state";
import { showConnection } from "./connection";
import { byId, setText } from "./element";
import { Notice } from "./notice";
import { Swatches } from "./swatches";

export interface ControlActions {
  place(): void;
  zoom(factor: number): void;
  fit(): void;
  save(): void;
}

export interface View {
  readonly connection: LinkState;
  readonly online: boolean;
  readonly readOnly: boolean;
  /** Null before the board is there. */
  readonly remaining: number | null;
  readonly maxPixels: number;
  readonly retryInMs: number;
  readonly chosen: { readonly x: number; readonly y: number } | null;
  readonly canPlace: boolean;
}

/** With more, a number says it better than dots. */
const MOST_PIPS = 8;

export class Controls {
  readonly panel = byId("panel", HTMLElement);
  readonly notice = new Notice(byId("notice", HTMLElement));
  readonly palette: Swatches;
  readonly #place = byId("place", HTMLButtonElement);
  readonly #remaining = byId("remaining", HTMLElement);
  readonly #unit = byId("remaining-unit", HTMLElement);
  readonly #pips = byId("pips", HTMLElement);
  readonly #countdown = byId("countdown", HTMLElement);
  readonly #coordinates = byId("coordinates", HTMLElement);
  readonly #zoom = byId("zoom", HTMLElement);
  readonly #online = byId("online", HTMLElement);
  readonly #connection = byId("connection", HTMLElement);

  constructor(actions: ControlActions) {
    const board = byId("board", HTMLCanvasElement);
    this.palette = new Swatches(byId("palette", HTMLElement), () => {});
    // After a colour was chosen with a finger or a mouse, the arrow keys move the reticle again.
    this.palette.group.addEventListener(
      "click",
      (event) => event.detail > 0 && board.focus({ preventScroll: true }),
    );
    const clicked = (id: string, action: () => void) =>
      byId(id, HTMLButtonElement).addEventListener("click", action);
    clicked("place", actions.place);
    clicked("zoom-in", () => actions.zoom(1.5));
    clicked("zoom-out", () => actions.zoom(1 / 1.5));
    clicked("fit", actions.fit);
    clicked("save", actions.save);
  }

  /** The part of the window that neither bar nor panel covers: the panel is below, or beside on a low screen. */
  freeArea(): Rect {
    const panel = this.panel.getBoundingClientRect();
    const top = byId("bar", HTMLElement).getBoundingClientRect().bottom;
    const beside = panel.top <= top;
    return {
      left: 0,
      top: beside ? 0 : top,
      width: Math.max(1, beside ? panel.left : innerWidth),
      height: Math.max(1, beside ? innerHeight : panel.top - top),
    };
  }

  show(view: View): void {
    showConnection(this.#connection, view.connection);
    this.#showAllowance(view);
    setText(this.#coordinates, view.chosen ? `${view.chosen.x}, ${view.chosen.y}` : "–");
    this.#place.disabled = !view.canPlace;
    setText(this.#place, placeLabel(view));
    this.notice.lasting = lastingNotice(view);
  }

  showZoom(scale: number): void {
    setText(this.#zoom, formatScale(scale));
  }

  showPeople(people: number): void {
    setText(this.#online, String(people));
  }

  #showAllowance({ remaining, maxPixels, retryInMs }: View): void {
    setText(this.#remaining, remaining === null ? "–" : String(remaining));
    setText(this.#unit, remaining === 1 ? "pixel left" : "pixels left");
    setText(this.#countdown, retryInMs > 0 ? `${maxPixels} again in ${secondsLeft(retryInMs)} s` : "");
    const pips = maxPixels <= MOST_PIPS ? maxPixels : 0;
    while (this.#pips.childElementCount > pips) this.#pips.lastElementChild?.remove();
    while (this.#pips.childElementCount < pips) this.#pips.append(document.createElement("i"));
    for (const [index, pip] of [...this.#pips.children].entries()) {
      pip.classList.toggle("full", index < (remaining ?? 0));
    }
  }
}

function placeLabel({ connection, readOnly, remaining, retryInMs, chosen }: View): string {
  if (connection !== "live") return "Offline";
  if (readOnly) return "Read-only";
  if (remaining === 0) return retryInMs > 0 ? `Wait ${secondsLeft(retryInMs)} s` : "Wait";
  return chosen ? "Place" : "Choose a pixel";
}

function lastingNotice({ connection, online, readOnly, remaining }: View): string {
  if (connection === "reconnecting") {
    // A laptop without any network still reaches a server of its own, so this alone says nothing.
    return online
      ? "The connection was lost. Reconnecting…"
      : "Your device is offline. The board waits for the network.";
  }
  if (remaining === null) return "";
  return readOnly ? "The board is read-only at the moment." : "";
}
