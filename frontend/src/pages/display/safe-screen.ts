/** Holds the safe picture of a screen from the moment it is approved, and says when it is shown. */

import type { LinkState } from "../../model/board/link-state";
import type { BoardSettings } from "../../model/board/settings";
import { SafeState } from "../../model/wall/safe-state";
import { readSafePicture } from "../../net/safe-picture";
import { SafePictureStore } from "../../storage/safe-picture-store";

const RETRY_MS = 2000;

export class SafeScreen {
  readonly #state = new SafeState(() => performance.now());
  readonly #store = new SafePictureStore();
  readonly #image = new Image();
  /** Which approval the picture that is held is of; 0: none is held. */
  #held = 0;
  #png = "";
  #fetching = false;
  #shown = false;

  constructor(
    /** What is to be shown is another from here on. */
    readonly changed: () => void,
  ) {
    Object.assign(document.body.dataset, { safe: false, safeHeld: "" });
    const kept = this.#store.read();
    if (!kept) return;
    this.#state.adopt(kept.panic, kept.picture);
    if (kept.png && kept.picture) void this.#hold(kept.picture.seq, kept.png);
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Null while there is none to be shown: words take its place. */
  get picture(): HTMLImageElement | null {
    return this.#held > 0 ? this.#image : null;
  }

  link(state: LinkState): void {
    if (state === "live") this.#state.reached();
    else this.#state.lost();
    this.look();
  }

  adopt({ panic, safePicture }: BoardSettings): void {
    this.#state.adopt(panic, safePicture);
    this.look();
    if (!safePicture) this.#letGo();
    this.#keep();
    void this.#fetch();
  }

  /** Looks whether another picture is due; time alone may have brought it. */
  look(): void {
    const { shown } = this.#state;
    if (shown === this.#shown) return;
    this.#shown = shown;
    document.body.dataset.safe = String(shown);
    this.changed();
  }

  async #fetch(): Promise<void> {
    const wanted = this.#state.picture?.seq ?? 0;
    if (this.#fetching || wanted === 0 || wanted === this.#held) return;
    this.#fetching = true;
    const png = await readSafePicture(wanted);
    if (png) await this.#hold(wanted, png);
    this.#fetching = false;
    if (png) void this.#fetch();
    else setTimeout(() => void this.#fetch(), RETRY_MS);
  }

  async #hold(seq: number, png: string): Promise<void> {
    this.#image.src = png;
    // A damaged one is not shown, and asked for again.
    const whole = await this.#image.decode().then(
      () => true,
      () => false,
    );
    // Nor one that was taken back while it was on its way.
    if (!whole || !this.#state.picture) return;
    [this.#held, this.#png] = [seq, png];
    document.body.dataset.safeHeld = String(seq);
    this.#keep();
    if (this.#shown) this.changed();
  }

  #letGo(): void {
    [this.#held, this.#png] = [0, ""];
    document.body.dataset.safeHeld = "";
  }

  #keep(): void {
    const { panic, picture } = this.#state;
    this.#store.write({ panic, picture, png: picture?.seq === this.#held ? this.#png : "" });
  }
}
