/** A text in the browser's storage, which may be full, forbidden, or written by another version. */

import { ofSite } from "../model/site-path";
import type { TextStore } from "../model/text-store";

/** `storage` is asked for at each use: a browser that forbids it throws where it is named. */
export function browserStore(storage: () => Storage, key: string): TextStore {
  return {
    read: () => {
      try {
        return storage().getItem(ofSite(key, location.pathname));
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        storage().setItem(ofSite(key, location.pathname), text);
      } catch {
        // Private windows refuse; the page works for as long as it is open.
      }
    },
  };
}
