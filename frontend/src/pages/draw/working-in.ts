/** A person comes in by the work of their device: the server asks, a thread works, a sheet shows how far it is. */
import type { Challenge, Solution } from "../../model/entrance/work";
import { askForWork, workOn } from "../../net/entrance/challenge";
import { type EntryAnswer, enter, FAILED } from "../../net/entrance/entry";
import { type Language, Translator } from "../../texts/i18n";
import { type WorkKey, work } from "../../texts/work";
import { WorkSheet } from "../../view/draw/entrance/work-sheet";

/** A challenge may grow too easy while it is worked on: it is done anew. */
const TRIES = 3;
/** The wait may be shorter than was said: a flood can end any moment. */
const LONGEST_WAIT_MS = 5000;

export interface WorkingInParts {
  language(): Language;
  /** What proves who somebody is. */
  token(): string;
  answered(answer: EntryAnswer): void;
}

export class WorkingIn {
  readonly #translator: Translator<WorkKey>;
  readonly #sheet: WorkSheet;
  /** Another one: what is on its way is not waited for any more. */
  #turn = 0;
  #stop: () => void = () => {};

  constructor(readonly parts: WorkingInParts) {
    this.#translator = new Translator(work, parts.language());
    const say = (key: string) => {
      this.#translator.language = parts.language();
      return this.#translator.say(key as WorkKey);
    };
    this.#sheet = new WorkSheet(
      say,
      () => void this.begin(),
      () => this.#leave(),
    );
  }

  async begin(): Promise<void> {
    this.#leave();
    const turn = this.#turn;
    this.#sheet.begin();
    const answer = await this.#enter();
    if (turn !== this.#turn) return;
    if (answer.code !== "entered" && answer.code !== "way") return this.#sheet.failed();
    this.#sheet.close();
    this.parts.answered(answer);
  }

  async #enter(): Promise<EntryAnswer> {
    const turn = this.#turn;
    let answer = FAILED;
    for (let tries = 0; tries < TRIES && turn === this.#turn; tries++) {
      const challenge = await askForWork();
      if (!challenge || turn !== this.#turn) return FAILED;
      const { solution, stop } = workOn(challenge, (done) => this.#sheet.show(done));
      this.#stop = stop;
      const found: Solution | null = await solution;
      if (!found) return FAILED;
      answer = await this.#show({ ...challenge, ...found });
      if (answer.code !== "work") return answer;
    }
    return answer;
  }

  /** The same work again for as long as others have to come in first. */
  async #show(work: Challenge & Solution): Promise<EntryAnswer> {
    const turn = this.#turn;
    for (;;) {
      const answer = await enter(this.parts.token(), { work });
      if (answer.code !== "crowded" || turn !== this.#turn) return answer;
      this.#sheet.wait();
      await new Promise((done) => setTimeout(done, Math.min(answer.retryInMs, LONGEST_WAIT_MS)));
      if (turn !== this.#turn) return FAILED;
    }
  }

  #leave(): void {
    this.#turn += 1;
    this.#stop();
  }
}
