/** What a person asks about the board: who placed this pixel, hand this place on, give me the picture. */

import type { Chosen } from "../../model/draw/choice";
import { OwnPixels } from "../../model/draw/own-pixels";
import { askHistory } from "../../net/pixel-history";
import { browserStore } from "../../storage/browser-store";
import type { Say } from "../../texts/i18n";
import { HistoryCard, type HistoryView } from "../../view/draw/history-card";
import { savePicture } from "../../view/draw/picture";
import { shareAddress } from "../../view/draw/share";
import type { Surface } from "../../view/surface";

export class PixelLookup {
  readonly own = new OwnPixels(browserStore(() => localStorage, "beeplace.own"));
  readonly card: HistoryCard;
  #asked = 0;

  constructor(
    readonly say: Say,
    language: () => string,
    readonly tell: (words: string) => void,
  ) {
    this.card = new HistoryCard(say, language);
  }

  async who({ x, y }: Chosen, half: HistoryView["half"]): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    this.card.show({ x, y, half });
    const changes = await askHistory(x, y);
    // Another pixel was asked for meanwhile, or the card closed.
    if (mine !== this.#asked || !this.card.open) return;
    const known = changes?.map((change) => ({ ...change, own: this.own.isOwn(x, y, change) }));
    this.card.show({ x, y, half, changes: known ?? null });
  }

  async share(address: string): Promise<void> {
    const shared = await shareAddress(address);
    if (shared === "copied") this.tell(this.say("share.copied"));
    else if (shared === "shown") this.tell(this.say("share.address", { address }));
  }

  async save(surface: Surface): Promise<void> {
    await savePicture(surface, new Date());
  }
}
