/** What the organiser did and how it ended, newest first. */

const MAX_RESULTS = 50;

export class Results {
  constructor(readonly list: HTMLElement) {
    list.tabIndex = 0; // so that a keyboard can scroll it
  }

  add(words: string, done: boolean, now: Date): void {
    const item = document.createElement("li");
    item.dataset.tone = done ? "good" : "bad";
    const time = document.createElement("time");
    time.textContent = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    item.append(time, ` ${words}`);
    this.list.prepend(item);
    while (this.list.childElementCount > MAX_RESULTS) this.list.lastElementChild?.remove();
  }
}
