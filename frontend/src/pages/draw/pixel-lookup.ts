/** "Who placed this pixel?": asks the server, marks what this browser placed itself, and shows the card. */
import type { Chosen } from "../../model/draw/choice";
import { OwnPixels } from "../../model/draw/own-pixels";
import { readPixelHistory } from "../../net/pixel-history";
import { browserStore } from "../../storage/browser-store";
import type { Say } from "../../texts/i18n";
import { HistoryCard, type HistoryView } from "../../view/draw/history-card";

export class PixelLookup {
  readonly #own = new OwnPixels(browserStore(() => localStorage, "beeplace.own"));
  readonly #card: HistoryCard;
  #lookups = 0;

  constructor(say: Say, language: () => string) {
    this.#card = new HistoryCard(say, language);
  }

  /** Remembers a placement of this browser's. */
  addOwn(x: number, y: number, seq: number): void {
    this.#own.add(x, y, seq);
  }

  close(): void {
    this.#card.close();
  }

  async show({ x, y }: Chosen, half: HistoryView["half"]): Promise<void> {
    this.#lookups += 1;
    const lookup = this.#lookups;
    this.#card.show({ x, y, half });
    const changes = await readPixelHistory(x, y);
    // Another pixel was asked for meanwhile, or the card closed.
    if (lookup !== this.#lookups || !this.#card.open) return;
    const marked = changes?.map((change) => ({ ...change, own: this.#own.isOwn(x, y, change) }));
    this.#card.show({ x, y, half, changes: marked ?? null });
  }
}
