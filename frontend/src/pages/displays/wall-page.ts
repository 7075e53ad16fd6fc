/** Composing a wall: its screens and programme, kept in this browser or in a file; a live preview; a link to each screen. */
import { deviceClock } from "../../input/device-clock";
import { listenForWaking } from "../../input/wake";
import { parseJson } from "../../model/fields";
import { languageOf } from "../../model/preferences";
import {
  type Composition,
  DEFAULT_COMPOSITION,
  encodeComposition,
  MAX_FILE_BYTES,
  parseComposition,
  turnOf,
} from "../../model/wall/composition";
import { longAddress, shortAddress } from "../../model/wall/screen-address";
import { boardOnWall, shownPart, type Turn, wallSize } from "../../model/wall/wall";
import { Live } from "../../net/live";
import { readProposedWall } from "../../net/proposed-wall";
import { browserStore } from "../../storage/browser-store";
import { PreferencesStore } from "../../storage/preferences-store";
import { displays as texts } from "../../texts/displays";
import { type Say, Translator } from "../../texts/i18n";
import { applyAppearance, listenForLight } from "../../view/appearance";
import { showConnection } from "../../view/connection";
import { download } from "../../view/download";
import { byId, isPressed, setText } from "../../view/element";
import { Notice } from "../../view/notice";
import { translatePage } from "../../view/translate";
import { MAX_CARDS, ScreenLinks } from "../../view/wall/screen-links";
import { WallForm } from "../../view/wall/wall-form";
import { WallPreview } from "../../view/wall/wall-preview";

/** Addresses that only this machine can open. */
const OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

export class WallPage {
  readonly #store = browserStore(() => localStorage, "beeplace.wall");
  readonly #notice = new Notice(byId("notice", HTMLElement));
  readonly #test = byId("test", HTMLButtonElement);
  readonly #connection = byId("connection", HTMLElement);
  readonly #file = byId("file", HTMLInputElement);
  readonly #say = asChosen();
  #composition = DEFAULT_COMPOSITION;
  readonly #live: Live = new Live({
    changed: () => this.#refresh(),
    state: (state) => showConnection(this.#connection, state, this.#say),
    joined: () => showConnection(this.#connection, "live", this.#say),
    settings: () => this.#summarise(),
  });
  readonly #preview: WallPreview = new WallPreview(
    {
      canvas: byId("board", HTMLCanvasElement),
      frame: byId("wall", HTMLElement),
      list: byId("screens", HTMLElement),
      board: this.#live.board,
      say: this.#say,
    },
    () => this.#composition,
  );
  readonly #links = new ScreenLinks(byId("links", HTMLElement), this.#say, (screen, turn) =>
    this.#turnScreen(screen, turn),
  );
  readonly #form: WallForm = new WallForm(
    this.#say,
    (read) => {
      this.#notice.lasting = "problem" in read ? read.problem : "";
      if ("composition" in read) this.#choose(read.composition);
    },
    () => this.#composition,
  );

  constructor() {
    byId("export", HTMLButtonElement).addEventListener("click", () => this.#export());
    byId("import", HTMLButtonElement).addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => {
      if (this.#file.files?.[0]) void this.#import(this.#file.files[0]);
      // The same file may be chosen again after it was corrected.
      this.#file.value = "";
    });
    this.#test.addEventListener("click", () => this.#toggleTest());
    this.#warnOfOwnHost();
    listenForWaking(deviceClock(), () => void this.#live.check());
    void this.#begin();
  }

  async #begin(): Promise<void> {
    this.#composition = await this.#first();
    this.#form.show(this.#composition);
    this.#arrange();
    document.body.dataset.ready = "true";
  }

  /** What was composed here before wins over what the server proposes. */
  async #first(): Promise<Composition> {
    const text = this.#store.read();
    const remembered = text === null ? null : parseComposition(parseJson(text));
    if (remembered && !("error" in remembered)) return remembered;
    if (remembered) this.#notice.say(this.#say("error.kept"), "bad");
    return { ...DEFAULT_COMPOSITION, wall: (await readProposedWall()) ?? DEFAULT_COMPOSITION.wall };
  }

  /** Phones and players cannot open the links of such a page. */
  #warnOfOwnHost(): void {
    if (!OWN_HOSTS.includes(location.hostname)) return;
    const warning = byId("warning", HTMLElement);
    setText(warning, this.#say("wall.localhost", { host: location.host }));
    warning.hidden = false;
  }

  // What is composed.

  #choose(chosen: Composition): void {
    this.#composition = chosen;
    this.#store.write(encodeComposition(chosen));
    this.#arrange();
  }

  #turnScreen(screen: number, turn: Turn): void {
    const { columns, rows } = this.#composition.wall;
    const turns = Array.from({ length: columns * rows }, (_, index) =>
      index + 1 === screen ? turn : turnOf(this.#composition, index + 1),
    );
    this.#choose({ ...this.#composition, turns });
    this.#form.show(this.#composition);
  }

  #toggleTest(): void {
    this.#test.setAttribute("aria-pressed", String(!isPressed(this.#test)));
    this.#notice.lasting = isPressed(this.#test) ? this.#say("wall.testHint") : "";
    this.#arrange();
  }

  #export(): void {
    const text = encodeComposition(this.#composition);
    download(new Blob([text], { type: "application/json" }), "beeplace-wall.json");
  }

  async #import(file: File): Promise<void> {
    const say = this.#say;
    if (file.size > MAX_FILE_BYTES) return this.#notice.say(say("error.large"), "bad");
    const read = parseComposition(parseJson(await file.text()));
    if ("error" in read) {
      const known = read.error === "file" || read.error === "version";
      const words = known ? say(`error.${read.error}`) : say("error.part", { part: read.error });
      return this.#notice.say(words, "bad");
    }
    this.#choose(read);
    this.#form.show(read);
    this.#notice.say(say("wall.imported"), "good");
  }

  // What is seen.

  #refresh(): void {
    this.#preview.draw();
    const { epoch, seq } = this.#live.board;
    Object.assign(document.body.dataset, { epoch, seq, connected: this.#live.link.live });
  }

  #address(screen: number, write: typeof longAddress): string {
    const { wall, programme } = this.#composition;
    return write(wall, screen, turnOf(this.#composition, screen), programme, isPressed(this.#test));
  }

  #arrange(): void {
    const count = this.#composition.wall.columns * this.#composition.wall.rows;
    this.#preview.test = isPressed(this.#test);
    this.#preview.arrange((screen) => this.#address(screen, longAddress));
    const cards = Array.from({ length: Math.min(count, MAX_CARDS) }, (_, index) => ({
      screen: index + 1,
      address: this.#address(index + 1, shortAddress),
      turn: turnOf(this.#composition, index + 1),
    }));
    this.#links.show(cards);
    const more = byId("more", HTMLElement);
    more.hidden = count <= MAX_CARDS;
    setText(more, this.#say("wall.more", { shown: MAX_CARDS, total: count }));
    this.#summarise();
  }

  #summarise(): void {
    const { wall, programme } = this.#composition;
    const { board } = this.#live;
    const size = this.#say("wall.summary", { count: wall.columns * wall.rows, ...wallSize(wall) });
    const part = board.loaded ? shownPart(board, programme.crop) : null;
    const outside = board.loaded && !part ? `. ${this.#say("wall.outside")}` : "";
    const { width, height } = part ?? board;
    const shown = part ?? { x: 0, y: 0, width, height };
    const scale = board.loaded ? Number(boardOnWall(shown, wall).scale.toFixed(3)) : 0;
    const each = scale ? `; ${this.#say("wall.scale", { columns: width, rows: height, scale })}` : "";
    setText(byId("summary", HTMLElement), `${size}${each}${outside}`);
  }
}

/** Light and words of the page, which are put into it: those that a person chose on this machine for all pages. */
function asChosen(): Say {
  const { preferences } = new PreferencesStore().read();
  applyAppearance(preferences);
  listenForLight(() => preferences);
  const translator = new Translator(texts, languageOf(preferences, navigator.languages));
  // The modules name their keys as texts; test/texts/i18n.test.ts and test/model/wall/screen-address.test.ts know them all.
  const say = translator.say as Say;
  translatePage(translator.language, say);
  document.title = say("wall.page");
  return say;
}
