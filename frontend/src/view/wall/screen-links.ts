/** A card for each screen: its number, how it is turned, its short link, and the link's QR code from this server. */

import { fromPage, siteFolder } from "../../model/site-path";
import { TURNS } from "../../model/wall/setup";
import type { Turn } from "../../model/wall/wall";
import type { Say } from "../../texts/i18n";
import { setLabel, setText } from "../element";

export interface ScreenLink {
  readonly screen: number;
  /** Without the site. */
  readonly address: string;
  readonly turn: Turn;
}

/** More cards than anybody scrolls through would only make the page slow. */
export const MAX_CARDS = 60;
const COPIED_MS = 1500;

export class ScreenLinks {
  constructor(
    readonly list: HTMLElement,
    readonly say: Say,
    readonly turned: (screen: number, turn: Turn) => void,
  ) {}

  /** Cards stay what they are where nothing changed: a focus is not lost, a code does not blink. */
  show(links: readonly ScreenLink[]): void {
    const cards = links.slice(0, MAX_CARDS);
    while (this.list.childElementCount > cards.length) this.list.lastElementChild?.remove();
    while (this.list.childElementCount < cards.length)
      this.list.append(this.#card(this.list.childElementCount + 1));
    for (const [index, link] of cards.entries()) this.#fill(this.list.children[index] as HTMLElement, link);
  }

  #card(screen: number): HTMLLIElement {
    const { say } = this;
    const card = document.createElement("li");
    const image = document.createElement("img");
    Object.assign(image, { loading: "lazy", width: 132, height: 132, alt: say("wall.code", { screen }) });
    const title = document.createElement("strong");
    title.textContent = say("wall.screen", { screen });
    const link = document.createElement("a");
    Object.assign(link, { target: "_blank", rel: "noopener" });
    const turn = document.createElement("select");
    setLabel(turn, say("wall.turn", { screen }));
    for (const degrees of TURNS) turn.add(new Option(`${degrees}°`, String(degrees)));
    turn.addEventListener("input", () => this.turned(screen, Number(turn.value) as Turn));
    const copy = document.createElement("button");
    Object.assign(copy, { type: "button", textContent: say("wall.copy") });
    setLabel(copy, say("wall.copyOf", { screen }));
    copy.addEventListener("click", () => void this.#copy(copy, link.href));
    const row = document.createElement("div");
    row.append(turn, copy);
    const words = document.createElement("div");
    words.append(title, link, row);
    card.append(image, words);
    return card;
  }

  #fill(card: HTMLElement, { address, turn }: ScreenLink): void {
    const [image, link, select] = [
      card.querySelector("img"),
      card.querySelector("a"),
      card.querySelector("select"),
    ];
    if (!image || !link || !select) return;
    if (link.getAttribute("href") !== fromPage(address)) {
      link.href = fromPage(address);
      setText(link, siteFolder(location.pathname) + address.slice(1));
      image.src = `./api/qr.svg?text=${encodeURIComponent(address)}`;
    }
    select.value = String(turn);
  }

  async #copy(button: HTMLElement, address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
      setText(button, this.say("wall.copied"));
      setTimeout(() => setText(button, this.say("wall.copy")), COPIED_MS);
    } catch {
      // Only secure addresses may write to the clipboard; the link is there to be copied by hand.
    }
  }
}
