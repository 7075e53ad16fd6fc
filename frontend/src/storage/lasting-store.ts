/** A text that is known for as long as the page is open, whatever becomes of the browser's storage meanwhile. */
import type { TextStore } from "../model/text-store";

/**
 * Storage may be cleared under an open page, by a person or by the browser. Who one is must not change with it: what was
 * read or written once stays the same here, and is written again when it is asked for and when the page is left.
 */
export function lastingStore(store: TextStore): TextStore {
  let known = store.read();
  const read = () => {
    const kept = store.read();
    if (known === null) known = kept;
    else if (kept === null) store.write(known);
    return known;
  };
  addEventListener("pagehide", read);
  document.addEventListener("visibilitychange", read);
  return {
    read,
    write: (text) => {
      known = text;
      store.write(text);
    },
  };
}
