/** Tabs as WAI-ARIA describes them: arrows walk, and what is walked to is shown. */

export class Tabs {
  readonly #tabs: HTMLElement[];

  constructor(readonly list: HTMLElement) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => this.show(tab));
      const panel = this.#panelOf(tab);
      if (panel) panel.tabIndex = 0; // so that a keyboard can scroll it
    }
    list.addEventListener("keydown", (event) => this.#walk(event));
  }

  show(shown: HTMLElement): void {
    for (const tab of this.#tabs) {
      const isShown = tab === shown;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      const panel = this.#panelOf(tab);
      if (panel) panel.hidden = !isShown;
    }
  }

  #panelOf(tab: HTMLElement): HTMLElement | null {
    return document.getElementById(tab.getAttribute("aria-controls") ?? "");
  }

  #walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = this.#tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = step && this.#tabs[(now + step + this.#tabs.length) % this.#tabs.length];
    if (!next) return;
    event.preventDefault();
    this.show(next);
    next.focus();
  }
}
