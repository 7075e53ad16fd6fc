/** The browser's storage, which may be full, forbidden, or written by another version: then there is nothing. */

export interface Kept {
  read(): string | null;
  write(value: string): void;
}

export function kept(storage: () => Storage, key: string): Kept {
  return {
    read: () => {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    write: (value) => {
      try {
        storage().setItem(key, value);
      } catch {
        // Private windows refuse; the page works for as long as it is open.
      }
    },
  };
}

/** Null when the text is not JSON. */
export function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
