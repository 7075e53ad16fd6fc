/** A picture from the phone: shown on the board in the palette's colours, moved and sized like an area, then drawn. */
import { parseReduced, placedAt, type ReducedPicture, wantedSide } from "../../model/desk/placed-picture";
import type { Area, Size } from "../../model/geometry";
import type { DeskClient } from "../../net/desk/desk-client";
import type { Say } from "../../texts/i18n";
import type { Difference } from "../../view/desk/stage-canvas";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";

const PATH = "/api/pictures";
/** A handle that is dragged asks once, when it rests. */
const REST_MS = 400;

export interface PictureParts {
  readonly client: DeskClient;
  readonly actions: Actions;
  readonly say: Say;
  board(): Size;
  area(): Area | null;
  choose(area: Area | null): void;
  show(difference: Difference | null): void;
}

interface PlacedPicture extends ReducedPicture {
  readonly image: HTMLImageElement;
}

export class PictureTools {
  readonly #file = byId("picture-file", HTMLInputElement);
  readonly #dither = byId("picture-dither", HTMLInputElement);
  readonly #words = byId("picture-words", HTMLElement);
  readonly #progress = byId("picture-progress", HTMLProgressElement);
  readonly #draw = byId("picture-draw", HTMLButtonElement);
  readonly #drop = byId("picture-drop", HTMLButtonElement);
  #shown: PlacedPicture | null = null;
  #turn = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly parts: PictureParts) {
    this.#file.addEventListener("change", () => void this.#reduce());
    this.#dither.addEventListener("change", () => void this.#reduce());
    this.#draw.addEventListener("click", () => void this.#paint());
    this.#drop.addEventListener("click", () => this.drop());
  }

  /** Another area is chosen: the picture moves there, or is reduced to its new size. */
  chose(area: Area | null): void {
    const shown = this.#shown;
    if (!shown) return;
    if (!area) this.drop();
    else if (area.width === shown.width && area.height === shown.height) this.#lay(shown, area);
    else {
      this.#draw.disabled = true;
      clearTimeout(this.#later);
      this.#later = setTimeout(() => void this.#reduce(), REST_MS);
    }
  }

  /** Nothing is drawn. */
  drop(): void {
    this.#turn += 1;
    clearTimeout(this.#later);
    this.#shown = null;
    this.#file.value = "";
    this.#progress.hidden = true;
    this.#draw.disabled = true;
    this.#drop.hidden = true;
    setText(this.#words, "");
    this.parts.show(null);
  }

  async #reduce(): Promise<void> {
    const file = this.#file.files?.[0];
    if (!file) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.#draw.disabled = true;
    this.#drop.hidden = false;
    const side = wantedSide(this.parts.area(), this.#shown);
    const answer = await this.#send(file, { ...side, dither: Number(this.#dither.checked) });
    if (turn !== this.#turn) return;
    this.#progress.hidden = true;
    const reduced = answer.done ? parseReduced(answer.body) : null;
    if (!reduced) return setText(this.#words, answer.words);
    const image = new Image();
    image.src = reduced.picture;
    await image.decode().catch(() => undefined);
    if (turn !== this.#turn) return;
    this.#shown = { ...reduced, image };
    // Which lays it there.
    this.parts.choose(placedAt(reduced, this.parts.area() ?? { x: 0, y: 0 }, this.parts.board()));
    const { width, height, pixels } = reduced;
    setText(this.#words, this.parts.say("picture.words", { width, height, pixels }));
    this.#draw.disabled = false;
  }

  #lay({ image }: PlacedPicture, area: Area): void {
    this.parts.show({ picture: image, area, isVeiled: false });
  }

  async #paint(): Promise<void> {
    const [file, area, shown] = [this.#file.files?.[0], this.parts.area(), this.#shown];
    if (!file || !area || !shown) return;
    const { actions, say } = this.parts;
    this.#draw.disabled = true;
    const { x, y, width, height } = area;
    const at = { x, y, width, height, dither: Number(this.#dither.checked), reason: actions.reason() };
    const answer = await this.#send(file, at);
    actions.tellAnswer(say("picture.what", { width, height, x, y }), answer);
    if (answer.done) this.drop();
    else {
      this.#progress.hidden = true;
      this.#draw.disabled = false;
    }
  }

  #send(file: File, query: Record<string, string | number>) {
    const { client, say } = this.parts;
    const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    this.#progress.hidden = false;
    setText(this.#words, say("picture.sending"));
    return client.upload(`${PATH}?${text.join("&")}`, file, (share) => {
      // Once all is sent, how long the server takes is not known.
      if (share < 1) this.#progress.value = share;
      else this.#progress.removeAttribute("value");
      if (share === 1) setText(this.#words, say("picture.reducing"));
    });
  }
}
