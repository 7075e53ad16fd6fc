/** What a screen reader says of the drawing page: a live region that nobody sees. */
import { byId, setText } from "../element";

/** A choice that rests this long is said; the steps on the way to it are not. */
const REST_MS = 250;

export class Announcer {
  readonly #region = byId("spoken", HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    setText(this.#region, text);
  }

  /** Says only the last of several in quick succession; `text` is asked for then, and null says nothing. */
  sayAtRest(text: () => string | null): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const spoken = text();
      if (spoken !== null) this.say(spoken);
    }, REST_MS);
  }
}
