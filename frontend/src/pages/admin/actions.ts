/** Does what an organiser asked for, one thing at a time, says how it ended, and offers to undo it. */
import { isCount } from "../../model/fields";
import type { Answer, DeskClient, Method } from "../../net/desk/desk-client";
import type { Say } from "../../texts/i18n";
import type { Results } from "../../view/desk/results";

export class Actions {
  constructor(
    readonly client: DeskClient,
    readonly results: Results,
    readonly say: Say,
    /** Why, as the organiser has said it. */
    readonly reason: () => string,
  ) {}

  /** What is being done cannot be done again by an impatient finger: its button waits. */
  async run(
    button: HTMLButtonElement | null,
    what: string,
    path: string,
    body: object = {},
    method: Method = "POST",
  ): Promise<Answer> {
    if (button) button.disabled = true;
    const answer = await this.client.act(path, { ...body, reason: this.reason() }, method);
    if (button) button.disabled = false;
    this.tellAnswer(what, answer);
    return answer;
  }

  /** One of the kinds that `POST /api/actions` takes. */
  take(button: HTMLButtonElement, what: string, kind: string, fields: object = {}): Promise<Answer> {
    return this.run(button, what, "/api/actions", { kind, ...fields });
  }

  undo(seq: number, what: string, button: HTMLButtonElement | null = null): Promise<Answer> {
    return this.run(button, this.say("undo.what", { what }), `/api/actions/${seq}/undo`);
  }

  tell(words: string, done: boolean): void {
    this.results.add(words, done, new Date());
  }

  /** How it ended, and its undo. */
  tellAnswer(what: string, { done, words, body }: Answer): void {
    const { seq, changed, left } = body;
    const counts = isCount(changed) ? ` ${this.say("result.counts", { changed, left: Number(left) })}` : "";
    const undo = done && isCount(seq) && { words: this.say("undo"), press: () => void this.undo(seq, what) };
    this.results.add(this.say("result", { what, words: words + counts }), done, new Date(), undo || null);
  }
}
