/** Who draws: the switch between everyone and those with a wall's code, the code itself, and who came in by which wall. */
import { type EntryRule, isGated } from "../../model/board/entry-rule";
import { countOr, type Fields, isFields } from "../../model/fields";
import { siteFolder } from "../../model/site-path";
import type { DeskClient } from "../../net/desk/desk-client";
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";

const SETTINGS = "/api/settings";
const AGAIN_MS = 5000;

export class EntryTools {
  readonly #switch = byId("entry-switch", HTMLButtonElement);
  readonly #shown = byId("entry-shown", HTMLElement);
  readonly #qr = byId("entry-qr", HTMLImageElement);
  readonly #end = byId("entry-end", HTMLButtonElement);
  readonly #screen = byId("entry-screen", HTMLButtonElement);
  #rule: EntryRule = { ways: ["open"], round: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    this.#switch.addEventListener("click", () => void this.#turn());
    this.#end.addEventListener("click", () => void this.#endCodes());
    this.#screen.addEventListener("click", () => void this.#makePass());
  }

  /** By this desk or another. */
  adopt(rule: EntryRule): void {
    const isSame = String(rule.ways) === String(this.#rule.ways) && rule.round === this.#rule.round;
    this.#rule = rule;
    this.#switch.setAttribute("aria-checked", String(isGated(rule)));
    this.#shown.hidden = !isGated(rule);
    if (!isSame) void this.refresh();
  }

  /** The code and the figures; again when the code is over, or soon. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (!isGated(this.#rule)) return;
    const { done, body } = await this.client.get("/api/entry");
    if (done) this.#show(body);
    const [first] = done && Array.isArray(body.codes) ? body.codes : [];
    const endsInMs = isFields(first) ? countOr(first.endsIn, AGAIN_MS) : AGAIN_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), Math.min(AGAIN_MS, endsInMs + 50));
  }

  #show({ codes, walls, entered, elsewhere, wrong }: Fields): void {
    const [first] = Array.isArray(codes) ? codes : [];
    const code = isFields(first) ? String(first.code) : "";
    setText(byId("entry-code", HTMLElement), code && `${code.slice(0, 3)} ${code.slice(3)}`);
    this.#qr.hidden = code === "";
    const source = `./api/qr.svg?text=${encodeURIComponent(`/#code=${code}`)}`;
    if (code && this.#qr.getAttribute("src") !== source) this.#qr.src = source;
    const each = (Array.isArray(walls) ? walls : []).filter(isFields).map((wall) => {
      const name =
        wall.wall === 0 ? this.say("entry.desk") : this.say("entry.wall", { wall: Number(wall.wall) });
      return `${name}: ${countOr(wall.entered, 0)}`;
    });
    const counts = this.say("entry.counts", {
      entered: countOr(entered, 0),
      elsewhere: countOr(elsewhere, 0),
      wrong: countOr(wrong, 0),
    });
    setText(byId("entry-words", HTMLElement), [counts, ...each].join(" · "));
  }

  async #turn(): Promise<void> {
    const entry = isGated(this.#rule) ? ["open"] : ["code"];
    const what = this.say(isGated(this.#rule) ? "entry.open" : "entry.code");
    await this.actions.run(this.#switch, what, SETTINGS, { entry }, "PATCH");
  }

  async #endCodes(): Promise<void> {
    const change = { wallCodeRound: this.#rule.round + 1 };
    await this.actions.run(this.#end, this.say("entry.end"), SETTINGS, change, "PATCH");
  }

  /** A new one each time: it opens nothing but the codes of its wall. */
  async #makePass(): Promise<void> {
    const wall = byId("entry-wall", HTMLInputElement).valueAsNumber || 1;
    const { done, body, words } = await this.client.ask("/api/entry/screens", { wall });
    const link = byId("entry-link", HTMLInputElement);
    link.hidden = !done;
    if (!done) return this.actions.tell(words, false);
    link.value = `${location.origin}${siteFolder(location.pathname)}display${String(body.fragment)}`;
    link.select();
  }
}
