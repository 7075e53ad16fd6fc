/** The sheet in which a person marks an area, with a finger or keys, and says what is wrong there. */
import { ARROWS } from "../../model/arrow-keys";
import { firstArea, shownAround, stepped } from "../../model/draw/report-area";
import { type Area, areaOf, type Point } from "../../model/geometry";
import type { Say } from "../../texts/i18n";
import { addDialog } from "../dialog";
import { byId, setText } from "../element";
import { translate } from "../translate";
import html from "./report-sheet.html?fragment";

/** Dots of the canvas for each pixel of the board. */
const SCALE = 8;

export class ReportSheet {
  readonly #sheet = addDialog(html, "report-sheet");
  readonly #canvas = byId("report-area", HTMLCanvasElement);
  readonly #words = byId("report-words", HTMLElement);
  readonly #send = byId("report-send", HTMLButtonElement);
  #shown: Area = { x: 0, y: 0, width: 1, height: 1 };
  #area: Area = this.#shown;
  #from: Point | null = null;
  #busy = false;

  constructor(
    /** The board, a dot for each pixel. */
    readonly picture: () => HTMLCanvasElement,
    readonly say: Say,
    readonly sent: (area: Area, reason: string) => void,
  ) {
    this.#canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#mark(event));
    for (const end of ["pointerup", "pointercancel"] as const)
      this.#canvas.addEventListener(end, () => {
        this.#from = null;
      });
    this.#canvas.addEventListener("keydown", (event) => this.#step(event));
    this.#sheet.element.addEventListener("change", () => this.#show());
    this.#send.addEventListener("click", () => {
      if (!this.#busy) this.sent(this.#area, this.#reason ?? "");
    });
  }

  open(pixel: Point): void {
    const { width, height } = this.picture();
    this.#shown = shownAround(pixel, { width, height });
    this.#area = firstArea(pixel, { width, height });
    for (const field of this.#reasons) field.checked = false;
    this.busy = false;
    translate(this.#sheet.element, this.say);
    this.tell("");
    this.#sheet.open();
    this.#draw();
  }

  close(): void {
    this.#sheet.close();
  }

  /** While it is sent, it cannot be sent again; the button stays as it is, so that it keeps the focus. */
  set busy(busy: boolean) {
    this.#busy = busy;
    this.#show();
  }

  tell(words: string): void {
    setText(this.#words, words);
  }

  get #reasons(): NodeListOf<HTMLInputElement> {
    return this.#sheet.element.querySelectorAll('[name="reason"]');
  }

  get #reason(): string | null {
    return [...this.#reasons].find((field) => field.checked)?.value ?? null;
  }

  #show(): void {
    this.#send.disabled = this.#reason === null;
  }

  // Marking.

  #at(event: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - left) / width) * this.#shown.width,
      y: ((event.clientY - top) / height) * this.#shown.height,
    };
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#from = this.#at(event);
    this.#mark(event);
  }

  #mark(event: PointerEvent): void {
    if (!this.#from) return;
    const { x, y, width, height } = areaOf(this.#from, this.#at(event), this.#shown);
    this.#choose({ x: x + this.#shown.x, y: y + this.#shown.y, width, height });
  }

  #step(event: KeyboardEvent): void {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    this.#choose(stepped(this.#area, step, event.shiftKey, this.#shown));
    this.tell(this.say("report.chosen", { ...this.#area }));
  }

  #choose(area: Area): void {
    this.#area = area;
    this.#draw();
  }

  #draw(): void {
    const { x, y, width, height } = this.#shown;
    Object.assign(this.#canvas, { width: width * SCALE, height: height * SCALE });
    Object.assign(this.#canvas.dataset, this.#area);
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture(), x, y, width, height, 0, 0, width * SCALE, height * SCALE);
    const [left, top] = [(this.#area.x - x) * SCALE, (this.#area.y - y) * SCALE];
    const [across, down] = [this.#area.width * SCALE, this.#area.height * SCALE];
    context.fillStyle = "#0009";
    context.beginPath();
    context.rect(0, 0, width * SCALE, height * SCALE);
    context.rect(left, top, across, down);
    context.fill("evenodd");
    for (const [color, line] of [
      ["#000", SCALE],
      ["#fff", SCALE / 2],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = line;
      context.strokeRect(left, top, across, down);
    }
  }
}
