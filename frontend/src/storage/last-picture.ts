/** The last picture that was seen here, kept for the case that the page opens while the server is away. Shown with its time. */

import { decodeBase64 } from "../model/board/base64";
import type { Board } from "../model/board/board";
import { type BoardSettings, parseBoardSettings } from "../model/board/settings";
import { isFields, parseJson } from "../model/fields";
import { browserStore } from "./browser-store";

/** The browser's storage holds about five million characters, of all pages together. */
const MAX_PIXELS = 1_500_000;

export class LastPicture {
  readonly #store;
  #seq = -1;

  /** A delayed picture is kept apart: the live one may not be shown in its place. */
  constructor(delaySeconds: number) {
    this.#store = browserStore(() => localStorage, `beeplace.picture.${delaySeconds}`);
  }

  write(board: Board, now: Date): void {
    const { width, height, colors, pixels, seq, loaded } = board;
    if (!loaded || seq === this.#seq || pixels.length > MAX_PIXELS) return;
    this.#seq = seq;
    let binary = "";
    for (let at = 0; at < pixels.length; at += 8192)
      binary += String.fromCharCode(...pixels.subarray(at, at + 8192));
    this.#store.write(JSON.stringify({ width, height, colors, at: now.getTime(), board: btoa(binary) }));
  }

  /** Loads it into a board that has nothing yet; when it was current, and what is known of its settings; or null. */
  readInto(board: Board): { readonly at: Date; readonly settings: BoardSettings } | null {
    const saved = parseJson(this.#store.read());
    const shape = isFields(saved) ? parseBoardSettings(saved) : null;
    if (!isFields(saved) || !shape || typeof saved.board !== "string" || typeof saved.at !== "number")
      return null;
    const pixels = decodeBase64(saved.board);
    if (pixels?.length !== shape.width * shape.height) return null;
    board.load({ epoch: "kept", seq: 0 }, shape, pixels);
    return { at: new Date(saved.at), settings: shape };
  }
}
