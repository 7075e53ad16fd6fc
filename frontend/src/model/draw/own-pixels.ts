/** Which changes of a pixel's history this browser made, and so under which pseudonym the server knows it. */
import { isFields, parseJson } from "../fields";
import type { Point } from "../geometry";
import type { TextStore } from "../text-store";

const MAX_REMEMBERED = 300;

export class OwnPixels {
  readonly #made: Set<string>;
  #names: Set<string>;

  constructor(readonly store: TextStore) {
    const { made, names } = parse(store.read());
    this.#made = new Set(made);
    this.#names = new Set(names);
  }

  add(x: number, y: number, seq: number): void {
    this.#made.add(key(x, y, seq));
    for (const oldest of this.#made) {
      if (this.#made.size <= MAX_REMEMBERED) break;
      this.#made.delete(oldest);
    }
    this.#save();
  }

  /** Where this browser placed up to an entry of the log. */
  madeUpTo(seq: number): Point[] {
    const found = [...this.#made].map((text) => text.split(",").map(Number));
    return found.flatMap(([x, y, at]) =>
      x !== undefined && y !== undefined && at !== undefined && at <= seq ? [{ x, y }] : [],
    );
  }

  /** Learns from what it recognises: whoever made one of these made all that bear the same name. */
  isOwn(x: number, y: number, change: { readonly seq: number; readonly by: string }): boolean {
    if (this.#made.has(key(x, y, change.seq)) && !this.#names.has(change.by)) {
      this.#names = new Set([change.by]);
      this.#save();
    }
    return this.#names.has(change.by);
  }

  #save(): void {
    this.store.write(JSON.stringify({ made: [...this.#made], names: [...this.#names] }));
  }
}

const key = (x: number, y: number, seq: number) => `${x},${y},${seq}`;

function parse(text: string | null): { made: readonly string[]; names: readonly string[] } {
  const value = parseJson(text);
  return isFields(value) ? { made: texts(value.made), names: texts(value.names) } : { made: [], names: [] };
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string").slice(-MAX_REMEMBERED) : [];
