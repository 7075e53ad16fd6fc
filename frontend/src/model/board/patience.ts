/** Which transport a connection begins with, and how long it may say nothing: learned from connections that did. */

export type Transport = "websocket" | "polling";

const FIRST_MS = 5000;
const LONGEST_MS = 20_000;
/** A network that is only slow gets more time, once neither transport has said anything. */
const GROWTH = 1.5;

export class Patience {
  #first: Transport = "websocket";
  #silences = 0;

  /** The first is begun with; where it is refused at once, the second is tried. */
  get transports(): Transport[] {
    return this.#first === "websocket" ? ["websocket", "polling"] : ["polling", "websocket"];
  }

  /** How long a new connection may take until the gateway has let it in. */
  get limitMs(): number {
    return Math.min(LONGEST_MS, FIRST_MS * GROWTH ** Math.floor(this.#silences / 2));
  }

  /** A connection was opened, or seemed to be, and nothing came: the next begins with the other transport. */
  silence(): void {
    this.#first = this.#first === "websocket" ? "polling" : "websocket";
    this.#silences += 1;
  }

  /** The gateway answered. */
  spoke(): void {
    this.#silences = 0;
  }

  /** A WebSocket took over from polling: the network lets them through, again or after all. */
  upgraded(): void {
    this.#first = "websocket";
  }
}
