/** Places pixels: shows them at once, sends them until they are answered, takes back what was refused. */

import type { Confirmation, Refusal } from "../board/answers";
import { encodeBase64Url } from "../board/base64";
import type { Allowance } from "./allowance";
import { type Placement, Placements } from "./placements";

/** What goes over the wire; the request id makes repeating it harmless. */
export type PlacementRequest = Pick<Placement, "x" | "y" | "color" | "rid" | "epoch">;

export interface PlacerPorts {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Null when no answer came: the placement may or may not have been committed. */
  readonly send: (request: PlacementRequest) => Promise<Confirmation | Refusal | null>;
  readonly changed: () => void;
  readonly confirmed: (placement: Placement, confirmation: Confirmation) => void;
  readonly refused: (placement: Placement, refusal: Refusal) => void;
  /** No answer, or none that decides: the caller checks the connection after this wait, then calls `resend`. */
  readonly silence: (waitMs: number) => void;
}

/** The rest waits here: a stall of the network must not end in a burst that the gateway takes for a flood. */
const MAX_ON_THE_WIRE = 8;

/** A gateway repeats its first answer for 10 minutes; a person does not wait that long. */
const GIVE_UP_MS = 60_000;

/** The gateway does not know this socket after a restart, or not yet whether the pixel was saved. */
const UNDECIDED: ReadonlySet<string> = new Set(["not_joined", "unknown"]);

export class Placer {
  readonly placements = new Placements();
  readonly #sent = new Set<string>();
  /** One was sent and not decided: it and all that is not sent yet wait for the next `resend`. */
  #waiting = false;

  constructor(
    readonly allowance: Allowance,
    readonly ports: PlacerPorts,
  ) {}

  /** What is left once everything on its way is counted. */
  get available(): number {
    return Math.max(0, this.allowance.remaining - this.placements.unanswered.length);
  }

  place(x: number, y: number, color: number, epoch: string): void {
    const rid = encodeBase64Url(this.ports.randomBytes(16));
    const placement = { rid, x, y, color, epoch, sinceMs: this.ports.now() };
    this.placements.add(placement);
    this.ports.changed();
    this.#sendWhatMay();
  }

  /** After a new join, or when the connection proved alive: the same request ids again, as slowly as at first. */
  resend(): void {
    this.expire();
    this.#waiting = false;
    this.#sendWhatMay();
  }

  expire(): void {
    for (const placement of this.placements.takeOlderThan(GIVE_UP_MS, this.ports.now())) {
      this.ports.refused(placement, { ok: false, code: "unanswered" });
      this.ports.changed();
    }
  }

  /** In the order they were made. */
  #sendWhatMay(): void {
    if (this.#waiting) return;
    for (const placement of this.placements.unanswered) {
      if (this.#sent.size >= MAX_ON_THE_WIRE) return;
      if (!this.#sent.has(placement.rid)) void this.#send(placement);
    }
  }

  async #send(placement: Placement): Promise<void> {
    const { rid, x, y, color, epoch } = placement;
    this.#sent.add(rid);
    const answer = await this.ports.send({ rid, x, y, color, epoch });
    this.#sent.delete(rid);
    if (answer === null) this.#wait(0);
    else if (!answer.ok && UNDECIDED.has(answer.code)) this.#wait(answer.retryInMs ?? 1000);
    else {
      this.#answered(placement, answer);
      this.#sendWhatMay();
    }
  }

  #wait(waitMs: number): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.ports.silence(waitMs);
  }

  #answered(placement: Placement, answer: Confirmation | Refusal): void {
    if (answer.ok) {
      this.placements.confirm(placement.rid, answer.seq);
      this.allowance.update(answer.remaining, answer.retryInMs);
      this.ports.confirmed(placement, answer);
    } else {
      this.placements.take(placement.rid);
      // What is left in an area with an allowance of its own says nothing of the rest.
      if (answer.code === "cooldown" && !answer.zone) this.allowance.update(0, answer.retryInMs ?? 1000);
      this.ports.refused(placement, answer);
    }
    this.ports.changed();
  }
}
