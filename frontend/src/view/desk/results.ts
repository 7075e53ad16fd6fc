/** What the organiser did and how it ended, newest first; what can be undone is undone from here. */

const MAX_RESULTS = 50;

/** A button beside a result. */
export interface ResultButton {
  readonly words: string;
  press(): void;
}

export class Results {
  readonly #list: HTMLElement;

  /** A log is no list, so it has one. */
  constructor(log: HTMLElement) {
    this.#list = log.querySelector("ol") ?? log;
    this.#list.tabIndex = 0; // so that a keyboard can scroll it
  }

  add(words: string, done: boolean, now: Date, button: ResultButton | null = null): void {
    const item = document.createElement("li");
    item.dataset.tone = done ? "good" : "bad";
    const said = document.createElement("span");
    const time = document.createElement("time");
    time.textContent = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    said.append(time, ` ${words}`);
    item.append(said);
    if (button) item.append(this.#button(button));
    this.#list.prepend(item);
    while (this.#list.childElementCount > MAX_RESULTS) this.#list.lastElementChild?.remove();
  }

  /** Pressed once: what it did has a result, and a button, of its own. */
  #button({ words, press }: ResultButton): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => {
      button.remove();
      press();
    });
    return button;
  }
}
