/** The code by which people come in, on a screen that has a pass: asked for ahead, and shown without asking. */
import type { EntryRule } from "../../model/board/entry-rule";
import { CodeStretch } from "../../model/entrance/code-stretch";
import { readCodes } from "../../net/entrance/screen-codes";

const TICK_MS = 250;
const AGAIN_MS = 3000;
/** Of codes that are still to come, at which more are asked for. */
const FEW = 3;

export interface WallCodeParts {
  nowMs(): number;
  /** Null: none is known, or none is needed. */
  show(code: string | null, coming: readonly string[]): void;
  /** The pass opens nothing any more. */
  ended(): void;
}

export class WallCode {
  readonly #stretch = new CodeStretch();
  #rule = "";
  #needed = false;
  #shown: string | null = null;
  #dueMs = 0;
  #asking = false;

  constructor(
    readonly screenPass: string,
    readonly parts: WallCodeParts,
  ) {
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Another rule or round ends the codes that are known. */
  adopt({ ways, round }: EntryRule): void {
    const rule = `${ways} ${round}`;
    if (rule === this.#rule) return;
    this.#rule = rule;
    this.#needed = ways.includes("code");
    this.#stretch.forget();
    this.#dueMs = 0;
    this.#tick();
  }

  #tick(): void {
    const nowMs = this.parts.nowMs();
    const code = this.#stretch.at(nowMs);
    const coming = this.#stretch.comingAt(nowMs);
    if (code !== this.#shown) this.parts.show(code, coming);
    this.#shown = code;
    if (this.#needed && coming.length < FEW && nowMs >= this.#dueMs) void this.#ask(nowMs);
  }

  async #ask(askedMs: number): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#dueMs = askedMs + AGAIN_MS;
    const rule = this.#rule;
    const codes = await readCodes(this.screenPass);
    this.#asking = false;
    if (codes === "ended") {
      this.#needed = false;
      this.parts.ended();
    } else if (codes && rule === this.#rule) {
      this.#stretch.give(codes, askedMs);
      this.#tick();
    }
  }
}
