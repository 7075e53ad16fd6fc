/** What lies upon a display's canvas, upright however the screen hangs: words, figures and codes. */

import { siteFolder } from "../../model/site-path";
import { isPicture, type Join } from "../../model/wall/setup";
import type { TestWords } from "../../model/wall/test-words";
import { type Turn, turnedBack, turnedSize } from "../../model/wall/wall";
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../element";

const PANELS = ["statistics", "qr", "slide", "test", "caption", "announcement", "waiting", "join"] as const;
export type Panel = (typeof PANELS)[number];

const FALLEN_MS = 800;
/** A text of more characters is set smaller. */
const LONG_TEXT = 60;

export class Layer {
  readonly #layer = byId("layer", HTMLElement);

  constructor(
    readonly turn: Turn,
    readonly say: Say,
  ) {
    this.#upright();
    addEventListener("resize", () => this.#upright());
  }

  #upright(): void {
    const size = turnedSize({ width: innerWidth, height: innerHeight }, this.turn);
    Object.assign(this.#layer.style, {
      width: `${size.width}px`,
      height: `${size.height}px`,
      transform: `matrix(${turnedBack(size, this.turn).join(",")})`,
    });
    this.#layer.style.setProperty("--unit", `${Math.min(size.width, size.height) / 100}px`);
    this.#layer.style.setProperty("--column", `${size.width / 100}px`);
  }

  /** Veils rise and fall; one that has fallen is not there at all. */
  show(panel: Panel, shown: boolean): void {
    const element = byId(panel, HTMLElement);
    if (element.classList.contains("shown") === shown) return;
    if (shown) element.hidden = false;
    // Read, so that the browser has seen it unveiled before it rises.
    element.classList.toggle("shown", shown && element.offsetWidth >= 0);
    if (!shown) setTimeout(() => this.#gone(element), FALLEN_MS);
  }

  #gone(element: HTMLElement): void {
    element.hidden = !element.classList.contains("shown");
  }

  caption(text: string): void {
    if (text) setText(byId("caption", HTMLElement), text);
    this.show("caption", text !== "");
  }

  announcement(text: string): void {
    if (text) setText(byId("announcement", HTMLElement), text);
    this.show("announcement", text !== "");
  }

  waiting(seconds: number): void {
    if (seconds > 0) setText(byId("waiting", HTMLElement), this.say("display.waiting", { count: seconds }));
    this.show("waiting", seconds > 0);
  }

  since(time: string): void {
    byId("stale", HTMLElement).hidden = time === "";
    setText(byId("since", HTMLElement), time && this.say("display.since", { time }));
  }

  /** The same address wherever phones are to come from: this site. */
  codes(join: Join | null): void {
    for (const id of ["qr-code", "join-code"]) load(byId(id, HTMLImageElement), qrOf("/"));
    setText(byId("qr-address", HTMLElement), location.host + siteFolder(location.pathname).slice(0, -1));
    if (join) byId("join", HTMLElement).dataset.place = join.place;
  }

  /** The code by which people come in, in place of the site's address alone; null: that again. The next ones are loaded before
   * they are needed. */
  code(code: string | null, coming: readonly string[]): void {
    for (const next of coming) new Image().src = qrOf(`/#code=${next}`);
    for (const id of ["qr-code", "join-code"])
      byId(id, HTMLImageElement).src = qrOf(code ? `/#code=${code}` : "/");
    for (const id of ["qr-letters", "join-letters"]) {
      const letters = byId(id, HTMLElement);
      letters.hidden = code === null;
      setText(letters, code ? `${code.slice(0, 3)} ${code.slice(3)}` : "");
    }
  }

  /** False when the picture could not be loaded; nothing broken is shown. */
  async slide(slide: string): Promise<boolean> {
    const [picture, words] = [byId("slide-picture", HTMLImageElement), byId("slide-text", HTMLElement)];
    const pictured = isPicture(slide);
    setText(words, pictured ? "" : slide);
    words.classList.toggle("long", slide.length > LONG_TEXT);
    if (!pictured) picture.hidden = true;
    else if (picture.getAttribute("src") !== slide || picture.hidden) {
      picture.hidden = true;
      picture.src = slide;
      picture.hidden = await picture.decode().then(
        () => false,
        () => true,
      );
    }
    return !pictured || !picture.hidden;
  }

  test(words: TestWords): void {
    for (const [name, text] of Object.entries(words)) setText(byId(`test-${name}`, HTMLElement), text);
  }
}

const qrOf = (text: string): string => `./api/qr.svg?text=${encodeURIComponent(text)}`;

/** A code that could not be loaded is asked for again, and never seen as a broken picture. */
function load(image: HTMLImageElement, source: string): void {
  image.hidden = true;
  image.onload = () => {
    image.hidden = false;
  };
  // What is to be shown by then may be another.
  image.onerror = () =>
    setTimeout(() => image.setAttribute("src", image.getAttribute("src") ?? source), 5000);
  image.src = source;
}
