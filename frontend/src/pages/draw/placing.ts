/** Placing from the page: joins the placer, the allowance, other tabs and the clock to the live board. */

import type { Refusal } from "../../model/board/answers";
import type { InitialState } from "../../model/board/initial-state";
import type { BoardSettings } from "../../model/board/settings";
import { Allowance } from "../../model/draw/allowance";
import type { Placement } from "../../model/draw/placements";
import { Placer } from "../../model/draw/placer";
import { Saving } from "../../model/draw/saving";
import type { Point } from "../../model/geometry";
import type { PageClock } from "../../model/page-clock";
import { AllowanceChannel } from "../../net/allowance-channel";
import type { Live } from "../../net/live";
import { Ticker } from "./ticker";

export interface PlacingParts {
  readonly live: Live;
  readonly clock: PageClock;
  confirmed(pixel: Point, seq: number): void;
  refused(refusal: Refusal): void;
  /** The pending layer, or what may be placed, is not as it was. */
  changed(): void;
  /** Time has passed that a countdown shows; the picture is the same. */
  ticked(): void;
  /** A window in which nothing was left has ended: everything may be placed again. */
  returned(): void;
}

export class Placing {
  readonly #allowance: Allowance;
  readonly #saving: Saving;
  readonly #placer: Placer;
  readonly #otherTabs: AllowanceChannel;
  readonly #ticker: Ticker;
  /** The organisers keep this person from drawing. */
  banned = false;

  constructor(readonly parts: PlacingParts) {
    const now = parts.clock.nowMs;
    this.#allowance = new Allowance(now);
    this.#saving = new Saving(now);
    this.#otherTabs = new AllowanceChannel(({ remaining, retryInMs }) => {
      this.#allowance.update(remaining, retryInMs);
      parts.changed();
    });
    this.#placer = new Placer(this.#allowance, {
      now,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      send: (request) => parts.live.link.place(request),
      changed: () => parts.changed(),
      confirmed: (pixel, confirmation) => {
        this.#saving.answered(confirmation);
        this.#otherTabs.tell(confirmation);
        parts.confirmed(pixel, confirmation.seq);
      },
      refused: (_, refusal) => this.refused(refusal),
      silence: (waitMs) => setTimeout(() => void this.#resendIfAlive(), waitMs),
    });
    this.#ticker = new Ticker({ needed: () => this.#waits, tick: () => this.#tick() });
  }

  /** In the order they were made: what the board does not show yet. */
  get pending(): readonly Placement[] {
    return this.#placer.placements.all;
  }

  get unanswered(): number {
    return this.#placer.placements.unanswered.length;
  }

  /** How many pixels are left beside those on their way; null until the first answer of the gateway. */
  get remaining(): number | null {
    return this.#allowance.known ? this.#placer.available : null;
  }

  get maxPixels(): number {
    return this.#allowance.maxPixels;
  }

  get unlimited(): boolean {
    return this.#allowance.unlimited;
  }

  get retryInMs(): number {
    return this.#allowance.retryInMs;
  }

  /** The server cannot save at the moment. */
  get paused(): boolean {
    return this.#saving.paused;
  }

  /** Whether a pixel could be placed now, wherever it is. */
  get possible(): boolean {
    const { link, settings } = this.parts.live;
    return (
      link.live && !this.banned && settings?.readOnly === false && !this.paused && this.#placer.available > 0
    );
  }

  place({ x, y }: Point, color: number): void {
    this.#placer.place(x, y, color, this.parts.live.board.epoch);
  }

  /** New limits, and whether the server saves. */
  adopt({ maxPixels, cooldown, saving }: BoardSettings): void {
    this.#allowance.adopt(maxPixels, cooldown);
    this.#saving.update(saving);
  }

  /** A connection has begun: what was not answered on the last one is sent again. */
  joined({ allowance }: InitialState): void {
    if (allowance) this.#allowance.update(allowance.remaining, allowance.retryInMs);
    this.#placer.resend();
  }

  /** The board has moved on: what it shows is no longer pending. */
  settle(): void {
    this.#placer.placements.settle(this.parts.live.board);
  }

  refused(refusal: Refusal): void {
    this.#saving.answered(refusal);
    this.parts.refused(refusal);
  }

  /** Called whenever something may have begun that ends by itself. */
  watchClock(): void {
    this.#ticker.start();
  }

  /** Something of the gateway's counts down here. */
  get counts(): boolean {
    return this.#allowance.waiting || this.banned;
  }

  get #waits(): boolean {
    return this.#allowance.waiting || this.paused || this.unanswered > 0;
  }

  #tick(): void {
    const returned = this.#allowance.takeReturn();
    this.#placer.expire();
    this.parts.ticked();
    if (returned) this.parts.returned();
  }

  async #resendIfAlive(): Promise<void> {
    // While the connection is down there is nobody to ask; the next join sends again.
    const { live } = this.parts;
    if (live.link.live && (await live.check())) this.#placer.resend();
  }
}
