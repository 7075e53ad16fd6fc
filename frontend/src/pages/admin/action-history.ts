/** What organisers did, newest first, each with its undo; kept up to date as it happens. */
import { type DoneAction, parseActions } from "../../model/desk/findings";
import type { DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { ActionList } from "../../view/desk/action-list";
import { byId } from "../../view/element";
import type { Actions } from "./actions";

/** Several actions in a row are asked for once. */
const SOON_MS = 300;
const AT_ONCE = 50;

export class ActionHistory {
  readonly #more = byId("more", HTMLButtonElement);
  readonly #list: ActionList;
  readonly #newest = new NewestQuestion();
  #shown: DoneAction[] = [];
  #next: number | null = null;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    this.#list = new ActionList(byId("actions", HTMLElement), say, (action, button) => {
      void actions.undo(action.seq, this.#list.nameOf(action), button);
    });
    this.#more.addEventListener("click", () => void this.#read(this.#next));
  }

  /** Something was done, here or on another desk. */
  refreshSoon(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.#read(null), SOON_MS);
  }

  translate(): void {
    this.#list.show(this.#shown);
  }

  async #read(before: number | null): Promise<void> {
    const from = before === null ? "" : `&before=${before}`;
    const answer = await this.#newest.of(this.client.get(`/api/actions?limit=${AT_ONCE}${from}`));
    if (!answer?.done) return;
    const { body } = answer;
    this.#shown = before === null ? parseActions(body) : [...this.#shown, ...parseActions(body)];
    this.#next = typeof body.next === "number" ? body.next : null;
    this.#more.hidden = this.#next === null;
    this.#list.show(this.#shown);
  }
}
