/** Who is signed in on this tab: the key, kept until the tab is closed. */
import { takeKeyFromAddress } from "../../net/key-in-address";
import { browserStore } from "../../storage/browser-store";

export class Session {
  readonly #store = browserStore(() => sessionStorage, "beeplace.key");
  /** Kept here, too: a browser may refuse to store anything. */
  #key: string;

  constructor() {
    this.#key = takeKeyFromAddress() ?? this.#store.read() ?? "";
    this.#store.write(this.#key);
  }

  get key(): string {
    return this.#key;
  }

  write(key: string): void {
    this.#key = key;
    this.#store.write(key);
  }
}
