/** Pictures that are too large for the browser's storage of texts, in IndexedDB, which may be absent, full or forbidden. */
import { ofSite } from "../model/site-path";

const STORE = "pictures";

export class PictureDatabase {
  readonly #key: string;
  #database: IDBDatabase | null = null;
  #opening: Promise<void> | null = null;

  constructor(key: string) {
    this.#key = key;
  }

  /** Opens it ahead: a page that is being left has no time for that. */
  open(): Promise<void> {
    this.#opening ??= this.#open().catch(() => undefined);
    return this.#opening;
  }

  /** At once where it is open, so that a page may write while it is being left. What cannot be kept is lost. */
  write(picture: unknown): void {
    if (!this.#database) return void this.#writeOnceOpen(picture);
    try {
      const transaction = this.#database.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).put(picture, this.#key);
      transaction.commit?.();
    } catch {
      this.#forget(); // the connection is closing: storage was cleared
    }
  }

  /** Undefined where there is none, or none that can be had. */
  async read(): Promise<unknown> {
    await this.open();
    try {
      return await answerOf(this.#database?.transaction(STORE).objectStore(STORE).get(this.#key));
    } catch {
      return undefined;
    }
  }

  async #writeOnceOpen(picture: unknown): Promise<void> {
    await this.open();
    if (this.#database) this.write(picture);
  }

  async #open(): Promise<void> {
    const request = indexedDB.open(ofSite("beeplace.pictures", location.pathname), 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await answerOf(request);
    if (!database) return;
    // Another version of the page wants to change it, or it was cleared.
    database.onversionchange = () => this.#forget();
    database.onclose = () => this.#forget();
    this.#database = database;
  }

  #forget(): void {
    this.#database?.close();
    this.#database = this.#opening = null;
  }
}

function answerOf<T>(request: IDBRequest<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (!request) return resolve(undefined);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
