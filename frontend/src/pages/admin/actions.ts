/** Does what an organiser asked for, one thing at a time, and says how it ended. */
import type { Answer, DeskClient, Method } from "../../net/desk-client";
import type { Say } from "../../texts/i18n";
import type { Results } from "../../view/desk/results";

export class Actions {
  constructor(
    readonly client: DeskClient,
    readonly results: Results,
    readonly say: Say,
  ) {}

  /** What is being done cannot be done again by an impatient finger: its button waits. */
  async run(
    button: HTMLButtonElement,
    what: string,
    path: string,
    body: object = {},
    method: Method = "POST",
  ): Promise<Answer> {
    button.disabled = true;
    const answer = await this.client.act(path, body, method);
    button.disabled = false;
    this.tell(this.say("result", { what, words: answer.words }), answer.done);
    return answer;
  }

  tell(words: string, done: boolean): void {
    this.results.add(words, done, new Date());
  }
}
