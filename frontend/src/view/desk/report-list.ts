/** The queue of reports, and of the one that is open, who drew there: each can be chosen. */
import type { EvidencePerson, Report } from "../../model/desk/reports";
import type { Say } from "../../texts/i18n";
import { byId } from "../element";
import { KeyedList } from "../keyed-list";
import { clock } from "./clock";

export class ReportList {
  readonly #list = byId("reports", HTMLElement);
  readonly #people = byId("report-people", HTMLElement);
  readonly #none = byId("reports-none", HTMLElement);
  readonly #lines = new KeyedList<Report>(this.#list, (report) => this.#item(report));

  constructor(
    readonly say: Say,
    readonly opened: (report: Report) => void,
  ) {}

  show(reports: readonly Report[]): void {
    this.#lines.show(reports);
    this.#list.hidden = reports.length === 0;
    this.#none.hidden = reports.length > 0;
  }

  words({ number, reason, area, at }: Report): string {
    const { x, y, width, height } = area;
    const parts = { number, reason: this.say(`report.${reason}`), x, y, width, height, time: clock(at) };
    return this.say("report.line", parts);
  }

  #item(report: Report): HTMLElement {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.report = String(report.number);
    const claim = report.claimedBy === null ? "" : ` ${this.#claim(report)}`;
    button.textContent = this.words(report) + claim;
    button.addEventListener("click", () => this.opened(report));
    item.append(button);
    return item;
  }

  #claim({ isClaimedByMe, claimedBy }: Report): string {
    return isClaimedByMe ? this.say("report.yours") : this.say("report.claimed", { name: claimedBy ?? "" });
  }

  showPeople(people: readonly EvidencePerson[], chosen: string | null): void {
    this.#people.replaceChildren(
      ...people.map(({ person, pixels, shown, first, last }) => {
        const item = document.createElement("li");
        const label = document.createElement("label");
        const box = document.createElement("input");
        Object.assign(box, { type: "checkbox", value: person, checked: person === chosen });
        const words = { person, pixels, shown, first: clock(first), last: clock(last) };
        label.append(box, this.say("report.person", words));
        label.className = "check";
        item.append(label);
        return item;
      }),
    );
  }

  get chosenPeople(): string[] {
    return [...this.#people.querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
  }
}
