/** The last picture that was seen here, kept for the case that the page opens while the server is away. Shown with its time. */

import { decodeBase64 } from "../model/board/base64";
import type { Board } from "../model/board/board";
import { type BoardSettings, parseBoardSettings } from "../model/board/settings";
import { type Fields, isFields, parseJson } from "../model/fields";
import { browserStore } from "./browser-store";
import { PictureDatabase } from "./picture-database";

/** The browser's storage holds about five million characters, of all pages together; larger pictures have a place of their own. */
const MAX_TEXT_PIXELS = 1_500_000;
/** Up to 16 MB: not with each change to a disk that is a card. */
const LARGE_INTERVAL_MS = 300_000;

export interface KeptPicture {
  /** When it was current. */
  readonly at: Date;
  readonly settings: BoardSettings;
}

export class LastPicture {
  readonly #text;
  readonly #large;
  #seq = -1;
  #largeMs = Number.NEGATIVE_INFINITY;

  /** A delayed picture is kept apart: the live one may not be shown in its place. */
  constructor(delaySeconds: number) {
    const name = `beeplace.picture.${delaySeconds}`;
    this.#text = browserStore(() => localStorage, name);
    this.#large = new PictureDatabase(name);
  }

  /** A large one is written when it is first there: a page that is left has no time to open a database. */
  joined(board: Board, now: Date): void {
    if (board.pixels.length > MAX_TEXT_PIXELS) this.write(board, now, false);
  }

  /** `leaves` says that the page may end now: then a large one is written as well. */
  write(board: Board, now: Date, leaves: boolean): void {
    const { width, height, colors, pixels, seq, loaded } = board;
    if (!loaded || seq === this.#seq) return;
    const kept = { width, height, colors, at: now.getTime() };
    if (pixels.length <= MAX_TEXT_PIXELS) {
      this.#text.write(JSON.stringify({ ...kept, board: encoded(pixels) }));
    } else {
      if (!leaves && performance.now() - this.#largeMs < LARGE_INTERVAL_MS) return;
      this.#largeMs = performance.now();
      this.#text.write(""); // one is kept, and that one is read first
      this.#large.write({ ...kept, pixels });
    }
    this.#seq = seq;
  }

  /** Loads it into a board that has nothing; null where none is kept, or the board has got one meanwhile. */
  async readInto(board: Board): Promise<KeptPicture | null> {
    const text = parseJson(this.#text.read());
    const saved = isFields(text) ? text : await this.#large.read();
    const settings = isFields(saved) ? parseBoardSettings(saved) : null;
    if (!isFields(saved) || !settings || typeof saved.at !== "number" || board.loaded) return null;
    const pixels = pixelsOf(saved);
    if (pixels?.length !== settings.width * settings.height) return null;
    board.load({ epoch: "kept", seq: 0 }, settings, pixels);
    return { at: new Date(saved.at), settings };
  }
}

function pixelsOf({ board, pixels }: Fields): Uint8Array | null {
  if (typeof board === "string") return decodeBase64(board);
  return pixels instanceof Uint8Array ? pixels : null;
}

function encoded(pixels: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < pixels.length; at += 8192)
    binary += String.fromCharCode(...pixels.subarray(at, at + 8192));
  return btoa(binary);
}
