/** What is in force, kept up to date as it changes and ends; each is ended with one press. */
import { type InForceItem, nextEndInMs, parseInForce } from "../../model/desk/in-force";
import type { Area } from "../../model/geometry";
import type { DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { InForceList } from "../../view/desk/in-force-list";
import type { Actions } from "./actions";
import { minutesAfter } from "./ending";

/** Several things that are put in force in a row are asked for once. */
const SOON_MS = 300;
/** Board time and the wall's differ by less. */
const AFTER_END_MS = 1000;
/** Timers of browsers count no further. */
const LONGEST_MS = 2 ** 31 - 1;

export interface InForceParts {
  readonly client: DeskClient;
  readonly actions: Actions;
  readonly say: Say;
  /** Shows an area upon the board. */
  choose(area: Area): void;
}

export class InForceTools {
  readonly #list: InForceList;
  readonly #newest = new NewestQuestion();
  #items: readonly InForceItem[] = [];
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly parts: InForceParts) {
    this.#list = new InForceList(
      parts.say,
      (item, button) => void this.#end(item, button),
      ({ area }) => area && parts.choose(area),
    );
  }

  /** Something was put in force or ended, here or on another desk. */
  refreshSoon(waitMs = SOON_MS): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.#read(), waitMs);
  }

  translate(): void {
    this.#list.show(this.#items);
  }

  async #read(): Promise<void> {
    const { client } = this.parts;
    const answer = await this.#newest.of(client.get("/api/in-force"));
    if (!answer?.done) return;
    this.#items = parseInForce(answer.body);
    this.#list.show(this.#items);
    const endsInMs = nextEndInMs(this.#items, client.now);
    if (endsInMs !== null) this.refreshSoon(Math.min(LONGEST_MS, endsInMs + AFTER_END_MS));
  }

  async #end(item: InForceItem, button: HTMLButtonElement): Promise<void> {
    const { actions, client, say } = this.parts;
    const { ending } = item;
    const what = say("inForce.ended", { what: this.#list.nameOf(item) });
    if (ending.by === "undo") {
      const fields = item.kind === "ban" ? { pixels: false } : {}; // what they drew stays taken back
      await actions.run(button, what, `/api/actions/${ending.seq}/undo`, fields);
    } else if (ending.by === "panic") await actions.run(button, what, "/api/panic", {}, "DELETE");
    else {
      const until = minutesAfter(client.now, -1);
      const { done, words } = await client.act(`/api/reports/${ending.report}/mute`, { until });
      actions.tell(say("result", { what, words: done ? say("done") : words }), done);
    }
    this.refreshSoon();
  }
}
