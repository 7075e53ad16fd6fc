/** A person reports a part of the board: marks it, says why, and hears whether it arrived. */

import type { Area, Point } from "../../model/geometry";
import { minutesOf } from "../../model/time-words";
import { type ReportAnswer, sendReport } from "../../net/report";
import { type Language, Translator } from "../../texts/i18n";
import { type ReportKey, report } from "../../texts/report";
import { ReportSheet } from "../../view/draw/report-sheet";

export interface ReportingParts {
  language(): Language;
  /** The board, a dot for each pixel. */
  picture(): HTMLCanvasElement;
  /** What proves who reports. */
  token(): string;
  thank(words: () => string): void;
}

const KNOWN = new Set(["limited", "muted", "off"]);

export class Reporting {
  readonly #translator: Translator<ReportKey>;
  readonly #sheet: ReportSheet;

  constructor(readonly parts: ReportingParts) {
    this.#translator = new Translator(report, parts.language());
    this.#sheet = new ReportSheet(parts.picture, this.#say, (area, reason) => void this.#send(area, reason));
  }

  open(pixel: Point): void {
    this.#sheet.open(pixel);
  }

  /** The page's language may have changed since. */
  readonly #say = (key: string, parts?: Record<string, string | number>): string => {
    this.#translator.language = this.parts.language();
    return this.#translator.say(key as ReportKey, parts);
  };

  async #send(area: Area, reason: string): Promise<void> {
    this.#sheet.busy = true;
    this.#sheet.tell(this.#say("report.sending"));
    const answer = await sendReport(this.parts.token(), area, reason);
    this.#sheet.busy = false;
    if (answer.code === "sent") {
      this.#sheet.close();
      this.parts.thank(() => this.#say("report.thanks"));
    } else this.#sheet.tell(this.#words(answer));
  }

  #words({ code, retryInMs }: ReportAnswer): string {
    const minutes = minutesOf(retryInMs);
    return this.#say(KNOWN.has(code) ? `report.${code}` : "report.failed", { minutes });
  }
}
