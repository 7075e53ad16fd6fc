/** One text that is kept: in the browser's storage, or in a variable of a test. */
export interface TextStore {
  /** Null when there is none, or none that can be had. */
  read(): string | null;
  /** Never fails: what cannot be kept lasts as long as the page. */
  write(text: string): void;
}
