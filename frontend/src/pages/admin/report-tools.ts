/** The queue of reports: one is taken, looked at and decided; what is done about it is an action like any other. */

import {
  type Evidence,
  mainPerson,
  parseEvidence,
  parseReports,
  type Report,
} from "../../model/desk/reports";
import { isCount } from "../../model/fields";
import type { Area } from "../../model/geometry";
import type { Answer, DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { ReportList } from "../../view/desk/report-list";
import { ReportReplay } from "../../view/desk/report-replay";
import { shortList } from "../../view/desk/short-list";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";
import { endOf, minutesAfter } from "./ending";

/** For the rest of an event, where the field says "until undone". */
const MUTED_MINUTES = 24 * 60;

export interface ReportParts {
  readonly client: DeskClient;
  readonly actions: Actions;
  readonly say: Say;
  /** Shows the area upon the board. */
  choose(area: Area): void;
  /** The one that is chosen there now. */
  area(): Area | null;
  /** Why, for the record, unless the organiser has said it. */
  suggest(reason: string): void;
}

interface OpenReport {
  readonly report: Report;
  readonly evidence: Evidence;
}

export class ReportTools {
  readonly #detail = byId("report", HTMLElement);
  readonly #replay = new ReportReplay();
  readonly #list: ReportList;
  readonly #newestList = new NewestQuestion();
  readonly #newestTaken = new NewestQuestion();
  #version = -1;
  #reports: readonly Report[] = [];
  #open: OpenReport | null = null;

  constructor(readonly parts: ReportParts) {
    this.#list = new ReportList(parts.say, (report) => void this.#take(report));
    const listen = (id: string, act: (open: OpenReport, button: HTMLButtonElement) => unknown) => {
      const button = byId(id, HTMLButtonElement);
      button.addEventListener("click", () => this.#open && void act(this.#open, button));
    };
    listen("report-replay", ({ evidence, report }) => this.#replay.play(evidence, report.area));
    listen("report-rewind", (open, button) => this.#rewind(open, button));
    listen("report-ban", (open, button) => this.#ban(open, button));
    listen("report-dismiss", (open) => this.#decide(open, { outcome: "dismissed" }));
    listen("report-dismiss-area", (open) => this.#dismissArea(open));
    listen("report-mute", (open) => this.#mute(open));
    listen("report-release", (open) => this.#release(open));
  }

  /** What the desk's state says; another version is news. */
  async adopt(open: number, version: number): Promise<void> {
    const badge = byId("reports-open", HTMLElement);
    setText(badge, String(open));
    badge.hidden = open === 0;
    if (version === this.#version) return;
    this.#version = version;
    await this.#refresh();
  }

  translate(): void {
    this.#list.show(this.#reports);
    if (this.#open) this.#show(this.#open);
  }

  async #refresh(): Promise<void> {
    const answer = await this.#newestList.of(this.parts.client.get("/api/reports?limit=200"));
    if (answer?.done === false) this.#version = -1; // the next state asks again
    if (!answer?.done) return;
    this.#reports = parseReports(answer.body);
    this.#list.show(this.#reports);
  }

  async #take(report: Report): Promise<void> {
    const { client, actions, say } = this.parts;
    const claimed = await this.#newestTaken.of(client.act(`/api/reports/${report.number}/claim`, {}));
    if (!claimed) return;
    if (!claimed.done) {
      actions.tell(say("result", { what: this.#list.words(report), words: claimed.words }), false);
      return;
    }
    const answer = await this.#newestTaken.of(client.get(`/api/reports/${report.number}/evidence`));
    if (!answer) return;
    const evidence = answer.done ? parseEvidence(answer.body) : null;
    if (!evidence) {
      actions.tell(answer.words, false);
      return;
    }
    this.#open = { report, evidence };
    this.#show(this.#open);
    this.parts.choose(report.area);
    this.parts.suggest(say(`report.${report.reason}`));
    byId("report-title", HTMLElement).focus();
    await this.#replay.show(evidence, report.area);
  }

  #show({ report, evidence }: OpenReport): void {
    this.#detail.hidden = false;
    this.#detail.dataset.number = String(report.number);
    setText(byId("report-title", HTMLElement), this.#list.words(report));
    const muted = report.isReporterMuted ? this.parts.say("report.muted") : "";
    setText(byId("report-words", HTMLElement), muted);
    this.#list.showPeople(evidence.people, mainPerson(evidence.people));
  }

  #close(): void {
    this.#replay.stop();
    this.#open = null;
    this.#detail.hidden = true;
  }

  // What is done about it.

  get #people(): string[] | null {
    const people = this.#list.chosenPeople;
    if (people.length > 0) return people;
    this.parts.actions.tell(this.parts.say("report.nobody"), false);
    return null;
  }

  async #rewind(open: OpenReport, button: HTMLButtonElement): Promise<void> {
    const people = this.#people;
    if (!people) return;
    const selection = { ...open.evidence.selection, people };
    const what = this.parts.say("report.rewind");
    await this.#acted(open, await this.parts.actions.take(button, what, "rewind", { selection }));
  }

  async #ban(open: OpenReport, button: HTMLButtonElement): Promise<void> {
    const people = this.#people;
    if (!people) return;
    const fields = { people, rewind: open.evidence.selection, ...this.#until() };
    const what = this.parts.say("ban.what", { people: shortList(people) });
    await this.#acted(open, await this.parts.actions.take(button, what, "ban", fields));
  }

  async #acted(open: OpenReport, { done, body }: Answer): Promise<void> {
    if (done && isCount(body.seq)) await this.#decide(open, { outcome: "acted", action: body.seq });
  }

  async #decide({ report }: OpenReport, decision: object): Promise<void> {
    const answer = await this.parts.client.act(`/api/reports/${report.number}/decision`, decision);
    if (answer.done) this.#tellClosed(answer);
    else this.parts.actions.tell(answer.words, false);
    if (answer.done) this.#close();
  }

  /** Everything that was reported in the area that is chosen on the board, which began as the report's. */
  #dismissArea(open: OpenReport): Promise<void> {
    return this.#decide(open, { outcome: "dismissed", area: this.parts.area() ?? open.report.area });
  }

  async #mute({ report }: OpenReport): Promise<void> {
    const { client, actions, say } = this.parts;
    const { until = minutesAfter(client.now, MUTED_MINUTES) } = this.#until();
    const dismiss = byId("report-mute-all", HTMLInputElement).checked;
    const answer = await client.act(`/api/reports/${report.number}/mute`, { until, dismiss });
    actions.tell(answer.done ? say("report.muted") : answer.words, answer.done);
    if (!answer.done) return;
    setText(byId("report-words", HTMLElement), say("report.muted"));
    if (this.#tellClosed(answer).includes(report.number)) this.#close();
  }

  /** What is closed leaves the list at once, so that nobody opens it in vain before the next news of the queue. */
  #tellClosed({ body }: Answer): unknown[] {
    const closed: unknown[] = Array.isArray(body.closed) ? body.closed : [];
    if (closed.length === 0) return closed;
    this.parts.actions.tell(this.parts.say("report.closed", { closed: closed.join(", ") }), true);
    this.#reports = this.#reports.filter(({ number }) => !closed.includes(number));
    this.#list.show(this.#reports);
    return closed;
  }

  async #release({ report }: OpenReport): Promise<void> {
    await this.parts.client.act(`/api/reports/${report.number}/claim`, {}, "DELETE");
    this.#close();
  }

  #until(): { until?: string } {
    return endOf(byId("report-until", HTMLSelectElement), this.parts.client.now);
  }
}
