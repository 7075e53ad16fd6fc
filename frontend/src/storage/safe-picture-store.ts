/** The safe picture of this screen, kept so that it is there also when the screen starts while the server is away. */

import { parseJson } from "../model/fields";
import { type KeptSafeState, parseKeptSafeState } from "../model/wall/safe-state";
import { browserStore } from "./browser-store";

/** The browser's storage holds about five million characters, of all pages together; the last picture has its share. */
const MAX_CHARACTERS = 2_500_000;

export class SafePictureStore {
  readonly #store = browserStore(() => localStorage, "beeplace.safe-picture");

  read(): KeptSafeState | null {
    return parseKeptSafeState(parseJson(this.#store.read()));
  }

  /** A picture too large to be kept is asked for at the next start; that panic is on is kept in any case. */
  write(state: KeptSafeState): void {
    this.#store.write(JSON.stringify(state.png.length <= MAX_CHARACTERS ? state : { ...state, png: "" }));
  }
}
