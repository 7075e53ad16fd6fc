/** The button that opens the sheet of reports: most people never press it, so the sheet is loaded when somebody does. */
import type { Point } from "../../model/geometry";
import { byId } from "../../view/element";
import type { Reporting, ReportingParts } from "./reporting";

export interface ReportButtonParts extends ReportingParts {
  pixel(): Point | null;
  opened(): void;
  /** The sheet's file cannot be had now. */
  failed(): void;
}

export class ReportButton {
  readonly #button = byId("report", HTMLButtonElement);
  #reporting: Reporting | null = null;

  constructor(readonly parts: ReportButtonParts) {
    this.#button.addEventListener("click", () => void this.#open());
  }

  /** Whether organisers take reports. */
  set possible(possible: boolean) {
    this.#button.hidden = !possible;
  }

  async #open(): Promise<void> {
    const pixel = this.parts.pixel();
    if (!pixel) return;
    try {
      this.#reporting ??= await this.#load();
    } catch {
      this.parts.failed();
      return;
    }
    this.#reporting.open(pixel);
    this.parts.opened();
  }

  async #load(): Promise<Reporting> {
    const { Reporting } = await import("./reporting");
    // Pressed twice while it was loaded: there is one sheet.
    return this.#reporting ?? new Reporting(this.parts);
  }
}
