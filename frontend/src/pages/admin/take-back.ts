/** Takes back what was drawn: a time, people in or out, what would change, who drew there, and the rewind itself. */
import { type Preview, parseAuthors, parsePreview } from "../../model/desk/findings";
import { AGES, type Filters, formOf, type Side } from "../../model/desk/selection";
import { isFields } from "../../model/fields";
import type { Area } from "../../model/geometry";
import type { DeskClient } from "../../net/desk/desk-client";
import { NewestQuestion } from "../../net/desk/newest-question";
import type { Say } from "../../texts/i18n";
import { AuthorList } from "../../view/desk/author-list";
import type { Difference } from "../../view/desk/stage-canvas";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";

export interface TakeBackParts {
  readonly client: DeskClient;
  readonly actions: Actions;
  readonly say: Say;
  area(): Area | null;
  /** Shows a picture of what would change upon the board; null takes it away. */
  show(difference: Difference | null): void;
}

const AGE_AT_FIRST = AGES.indexOf(10);

export class TakeBack {
  readonly #since = byId("since", HTMLInputElement);
  readonly #until = byId("until", HTMLInputElement);
  readonly #words = byId("preview-words", HTMLElement);
  readonly #rewind = byId("rewind", HTMLButtonElement);
  readonly #authors: AuthorList;
  readonly #newestPreview = new NewestQuestion();
  readonly #newestAuthors = new NewestQuestion();
  #people = new Map<string, Side>();
  /** What was shown last; another selection is another question. */
  #preview: Preview | null = null;

  constructor(readonly parts: TakeBackParts) {
    this.#authors = new AuthorList(byId("authors-list", HTMLElement), parts.say, (person, side) => {
      if (side) this.#people.set(person, side);
      else this.#people.delete(person);
      this.changed();
      this.#authors.choose(this.#people);
    });
    for (const slider of [this.#since, this.#until]) {
      slider.max = String(AGES.length - 1);
      slider.addEventListener("input", () => this.#slid(slider));
    }
    this.#since.value = String(AGE_AT_FIRST);
    this.#until.value = "0";
    byId("preview-rewind", HTMLButtonElement).addEventListener("click", () => void this.#ask());
    byId("authors", HTMLButtonElement).addEventListener("click", () => void this.#askAuthors());
    this.#rewind.addEventListener("click", () => void this.#takeBack());
    this.changed();
  }

  /** The selection is another: what was shown of the old one is not true of it. */
  changed(): void {
    this.#preview = null;
    this.#newestPreview.drop();
    this.parts.show(null);
    setText(this.#words, "");
    this.#showAges();
  }

  /** Only what these drew, since the beginning: newcomers who behave as one. */
  choose(people: readonly string[]): void {
    this.#people = new Map(people.map((person) => [person, "in"]));
    this.#since.value = this.#since.max;
    this.#until.value = "0";
    this.changed();
    this.#authors.choose(this.#people);
    setText(this.#words, this.parts.say("group.chosen", { people: people.length }));
  }

  translate(): void {
    this.#showAges();
    this.#authors.show(this.#people);
  }

  /** The selection as it stands. */
  get filters(): Filters {
    return {
      area: this.parts.area(),
      sinceMinutes: AGES[this.#since.valueAsNumber] ?? null,
      untilMinutes: AGES[this.#until.valueAsNumber] ?? null,
      people: this.#people,
    };
  }

  /** The later end never lies before the earlier one. */
  #slid(moved: HTMLInputElement): void {
    const other = moved === this.#since ? this.#until : this.#since;
    const isWrong = this.#until.valueAsNumber >= this.#since.valueAsNumber;
    if (isWrong) other.valueAsNumber = moved.valueAsNumber + (moved === this.#since ? -1 : 1);
    if (this.#until.valueAsNumber >= this.#since.valueAsNumber) this.#since.valueAsNumber += 1;
    this.changed();
  }

  #showAges(): void {
    for (const [name, slider] of [["since", this.#since] as const, ["until", this.#until] as const]) {
      const age = this.#age(AGES[slider.valueAsNumber] ?? null);
      setText(byId(`${name}-words`, HTMLElement), age);
      slider.setAttribute("aria-valuetext", age);
    }
  }

  #age(minutes: number | null): string {
    if (minutes === null) return this.parts.say("age.begin");
    return minutes === 0 ? this.parts.say("age.now") : this.parts.say("age", { minutes });
  }

  async #ask(): Promise<Preview | null> {
    const { client, say } = this.parts;
    this.changed();
    const question = client.ask("/api/selections/preview", formOf(this.filters, client.now));
    const answer = await this.#newestPreview.of(question);
    if (!answer) return null;
    this.#preview = answer.done ? parsePreview(answer.body) : null;
    if (!this.#preview) {
      setText(this.#words, answer.words);
      return null;
    }
    const { pixels, people, left } = this.#preview;
    setText(this.#words, say("preview.words", { pixels, people, left }));
    await this.#showPicture(this.#preview);
    return this.#preview;
  }

  async #showPicture({ picture, selection }: Preview): Promise<void> {
    const asked = this.#preview;
    const image = new Image();
    image.src = picture;
    await image.decode().catch(() => undefined);
    const { area } = selection;
    if (asked !== this.#preview || !isFields(area) || image.naturalWidth === 0) return;
    this.parts.show({ picture: image, area: area as unknown as Area, isVeiled: true });
  }

  async #askAuthors(): Promise<void> {
    const { client } = this.parts;
    const question = client.ask("/api/selections/authors", formOf(this.filters, client.now));
    const answer = await this.#newestAuthors.of(question);
    if (answer?.done === false) this.parts.actions.tell(answer.words, false);
    else if (answer) this.#authors.show(this.#people, parseAuthors(answer.body));
  }

  /** What was shown is what is taken back; where nothing was, it is asked for first. */
  async #takeBack(): Promise<void> {
    const { actions, say } = this.parts;
    this.#rewind.disabled = true;
    const preview = this.#preview ?? (await this.#ask());
    this.#rewind.disabled = false;
    if (!preview) return;
    const what = say("rewind.what", { pixels: preview.pixels });
    const answer = await actions.take(this.#rewind, what, "rewind", { selection: preview.selection });
    if (answer.done) this.changed();
  }
}
