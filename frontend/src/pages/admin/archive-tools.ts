/** Archive folders: the button that asks for one, and how far those are that were asked for, at any desk. */
import { type Fields, isFields } from "../../model/fields";
import type { DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";

const PATH = "/api/archives";
const AGAIN_MS = 2000;
const SHOWN = 3;
/** What is being made when it says nothing yet, or a step that this page does not know. */
const STEPS = new Set(["export", "archive", "film"]);

export class ArchiveTools {
  readonly #button = byId("archive-make", HTMLButtonElement);
  readonly #list = byId("archives", HTMLElement);
  readonly #hint = byId("archive-hint", HTMLElement);
  readonly #newest = new NewestQuestion();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    this.#button.addEventListener("click", () => void this.#make());
  }

  /** Again soon, while one is being made. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const answer = await this.#newest.of(this.client.get(PATH));
    if (answer?.done) this.#show(answer.body);
  }

  #show({ possible, archives }: Fields): void {
    const all = (Array.isArray(archives) ? archives : []).filter(isFields);
    const isRunning = all.some(({ state }) => state === "running");
    setText(this.#hint, this.say(possible === true ? "archive.hint" : "archive.nowhere"));
    this.#button.disabled = possible !== true || isRunning;
    this.#list.hidden = all.length === 0;
    this.#list.replaceChildren(...all.slice(0, SHOWN).map((archive) => this.#line(archive)));
    if (isRunning) this.#timer = setTimeout(() => void this.refresh(), AGAIN_MS);
  }

  #line({ name, state, step, share, error }: Fields): HTMLElement {
    const line = document.createElement("li");
    const known = STEPS.has(String(step)) ? String(step) : "archive";
    const words =
      state === "running"
        ? `${this.say(`archive.${known}`)}: ${Math.floor(Number(share) * 100)} %`
        : this.say(`archive.${String(state)}`);
    line.textContent = [String(name), words, ...(error ? [String(error)] : [])].join(" · ");
    return line;
  }

  async #make(): Promise<void> {
    await this.actions.run(this.#button, this.say("archive"), PATH);
    await this.refresh();
  }
}
