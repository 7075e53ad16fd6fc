/** Who draws: the switch between everyone and those who come in, by which ways, the desk's code, and who came in how. */
import { type EntryRule, isGated } from "../../model/board/entry-rule";
import { countOr, type Fields, isCount, isFields } from "../../model/fields";
import { siteFolder } from "../../model/site-path";
import type { DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";

const SETTINGS = "/api/settings";
const AGAIN_MS = 5000;

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];

const areSame = (ways: readonly string[], others: readonly string[]): boolean =>
  String([...ways].sort()) === String([...others].sort());

export class EntryTools {
  readonly #switch = byId("entry-switch", HTMLButtonElement);
  readonly #shown = byId("entry-shown", HTMLElement);
  readonly #qr = byId("entry-qr", HTMLImageElement);
  readonly #end = byId("entry-end", HTMLButtonElement);
  readonly #screen = byId("entry-screen", HTMLButtonElement);
  readonly #ways = byId("entry-ways", HTMLElement);
  readonly #free = byId("entry-free", HTMLFormElement);
  readonly #newest = new NewestQuestion();
  #rule: EntryRule = { ways: ["open"], round: 0 };
  /** Asked for by this desk, and not in force yet. */
  #wanted: readonly string[] | null = null;
  #unanswered = 0;
  /** That the switch goes back to. */
  #lastWays: readonly string[] = ["code"];
  /** Who came in within the last minute, by way. */
  lastMinute: ReadonlyMap<string, number> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    this.#switch.addEventListener("click", () => void this.#turn());
    this.#end.addEventListener("click", () => void this.#endCodes());
    this.#screen.addEventListener("click", () => void this.#makePass());
    this.#free.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#freeTicket();
    });
  }

  /** By this desk or another. */
  adopt(rule: EntryRule): void {
    const isSame = String(rule.ways) === String(this.#rule.ways) && rule.round === this.#rule.round;
    if (!isSame && (this.#unanswered === 0 || areSame(rule.ways, this.#wanted ?? []))) this.#wanted = null;
    this.#rule = rule;
    this.#switch.setAttribute("aria-checked", String(isGated(rule)));
    this.#shown.hidden = !isGated(rule);
    if (isGated(rule)) this.#lastWays = rule.ways;
    const byCode = rule.ways.includes("code");
    for (const element of [byId("entry-walls", HTMLElement), this.#end]) element.hidden = !byCode;
    this.#free.hidden = !rule.ways.includes("ticket");
    if (!isSame) void this.refresh();
  }

  /** The code and the figures; again when the code is over, or soon. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (!isGated(this.#rule)) return;
    const answer = await this.#newest.of(this.client.get("/api/entry"));
    if (!answer) return;
    const { done, body } = answer;
    if (done) this.#show(body);
    const [first] = done && Array.isArray(body.codes) ? body.codes : [];
    const endsInMs = isFields(first) ? countOr(first.endsIn, AGAIN_MS) : AGAIN_MS;
    this.#timer = setTimeout(() => void this.refresh(), Math.min(AGAIN_MS, endsInMs + 50));
  }

  #show({ codes, walls, entered, elsewhere, wrong, possible, byWay, tickets }: Fields): void {
    this.#offer(textsIn(possible));
    const [first] = Array.isArray(codes) ? codes : [];
    const code = isFields(first) ? String(first.code) : "";
    setText(byId("entry-code", HTMLElement), code && `${code.slice(0, 3)} ${code.slice(3)}`);
    this.#qr.hidden = code === "";
    const source = `./api/qr.svg?text=${encodeURIComponent(`/#code=${code}`)}`;
    if (code && this.#qr.getAttribute("src") !== source) this.#qr.src = source;
    const ways = (Array.isArray(byWay) ? byWay : []).filter(isFields).map(({ way, entered }) => {
      const minute = this.lastMinute.get(String(way)) ?? 0;
      const counts = this.say("entry.each", { entered: countOr(entered, 0), minute });
      return `${this.say(`entry.way.${String(way)}`)}: ${counts}`;
    });
    const { listed, left } = isFields(tickets) ? tickets : {};
    if (isCount(listed)) ways.push(this.say("entry.left", { listed, left: countOr(left, 0) }));
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
    setText(byId("entry-words", HTMLElement), [counts, ...ways, ...each].join(" · "));
  }

  /** A box for each way. */
  #offer(possible: readonly string[]): void {
    if (this.#ways.childElementCount !== possible.length) {
      this.#ways.replaceChildren(...possible.map((way) => this.#box(way)));
    }
    this.#check();
  }

  /** As they are, or are about to be: no answer that is older than a choice takes it back. The last that lets in stays. */
  #check(): void {
    const ways = this.#wanted ?? this.#rule.ways;
    for (const box of this.#ways.querySelectorAll("input")) {
      box.checked = ways.includes(box.value);
      box.disabled = box.checked && ways.length === 1;
    }
  }

  #box(way: string): HTMLElement {
    const [label, box] = [document.createElement("label"), document.createElement("input")];
    label.className = "check";
    box.type = "checkbox";
    box.value = way;
    box.addEventListener("change", () => void this.#choose(way, box.checked));
    label.append(box, this.say(`entry.way.${way}`));
    return label;
  }

  async #choose(way: string, lets: boolean): Promise<void> {
    const entry = (this.#wanted ?? this.#rule.ways).filter((other) => other !== way);
    if (lets) entry.push(way);
    this.#wanted = entry;
    this.#check();
    this.#unanswered += 1;
    const { done } = await this.actions.run(null, this.say("entry.ways"), SETTINGS, { entry }, "PATCH");
    this.#unanswered -= 1;
    if (!done && this.#wanted === entry) this.#wanted = null;
    await this.refresh();
  }

  async #freeTicket(): Promise<void> {
    const field = byId("entry-ticket", HTMLInputElement);
    const { done, body, words } = await this.client.ask("/api/entry/tickets/release", {
      ticket: field.value,
    });
    this.actions.tell(done ? this.say(body.released ? "entry.freed" : "entry.notUsed") : words, done);
    if (done) field.value = "";
  }

  async #turn(): Promise<void> {
    const entry = isGated(this.#rule) ? ["open"] : this.#lastWays;
    const what = this.say(isGated(this.#rule) ? "entry.open" : "entry.gated");
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
