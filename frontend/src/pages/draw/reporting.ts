/** A person reports a part of the board: marks it, says why, and hears whether it arrived. */
import { minutesOf } from "../../model/draw/time-words";
import type { Area, Point } from "../../model/geometry";
import { type ReportAnswer, sendReport } from "../../net/report";
import type { Say } from "../../texts/i18n";
import { ReportSheet } from "../../view/draw/report-sheet";
import { byId } from "../../view/element";

export interface ReportingParts {
  readonly say: Say;
  /** The board, a dot for each pixel. */
  picture(): HTMLCanvasElement;
  pixel(): Point | null;
  /** What proves who reports. */
  token(): string;
  opened(): void;
  thank(words: () => string): void;
}

const KNOWN = new Set(["limited", "muted", "off"]);

export class Reporting {
  readonly #sheet: ReportSheet;
  readonly #button = byId("report", HTMLButtonElement);

  constructor(readonly parts: ReportingParts) {
    this.#sheet = new ReportSheet(parts.picture, parts.say, (area, reason) => void this.#send(area, reason));
    this.#button.addEventListener("click", () => this.#open());
  }

  /** Whether organisers take reports. */
  set possible(possible: boolean) {
    this.#button.hidden = !possible;
  }

  #open(): void {
    const pixel = this.parts.pixel();
    if (!pixel) return;
    this.#sheet.open(pixel);
    this.parts.opened();
  }

  async #send(area: Area, reason: string): Promise<void> {
    this.#sheet.busy = true;
    this.#sheet.tell(this.parts.say("report.sending"));
    const answer = await sendReport(this.parts.token(), area, reason);
    this.#sheet.busy = false;
    if (answer.code === "sent") {
      this.#sheet.close();
      this.parts.thank(() => this.parts.say("report.thanks"));
    } else this.#sheet.tell(this.#words(answer));
  }

  #words({ code, retryInMs }: ReportAnswer): string {
    const minutes = minutesOf(retryInMs);
    return this.parts.say(KNOWN.has(code) ? `report.${code}` : "report.failed", { minutes });
  }
}
