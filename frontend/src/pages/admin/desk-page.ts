/** The organiser's page: joins the live board, the desk's socket, and what an organiser presses. */
import { deviceClock } from "../../input/device-clock";
import { listenForWaking } from "../../input/wake";
import type { BoardSettings } from "../../model/board/settings";
import { type AlertKind, Alerts } from "../../model/desk/alerts";
import { type DeskState, parseDeskState } from "../../model/desk/desk-state";
import { parseNewestGroup } from "../../model/desk/findings";
import { type Holder, parseHolder } from "../../model/desk/holder";
import { languageOf, parsePreferences } from "../../model/preferences";
import { DeskClient } from "../../net/desk/desk-client";
import { DeskSocket } from "../../net/desk/desk-socket";
import { Live } from "../../net/live";
import { PreferencesStore } from "../../storage/preferences-store";
import { type AdminKey, admin } from "../../texts/admin";
import { Translator } from "../../texts/i18n";
import { applyAppearance, listenForLight } from "../../view/appearance";
import { showConnection } from "../../view/connection";
import { AlertList } from "../../view/desk/alert-list";
import { Figures } from "../../view/desk/figures";
import { showPermitted } from "../../view/desk/permissions";
import { Results } from "../../view/desk/results";
import { Tabs } from "../../view/desk/tabs";
import { byId, setText } from "../../view/element";
import { fillLanguages } from "../../view/language-field";
import { translatePage } from "../../view/translate";
import { ActionHistory } from "./action-history";
import { Actions } from "./actions";
import { ArchiveTools } from "./archive-tools";
import { AreaTools } from "./area-tools";
import { BoardTools } from "./board-tools";
import { EntryTools } from "./entry-tools";
import { InForceTools } from "./in-force-tools";
import { OrderTools } from "./order-tools";
import { PictureTools } from "./picture-tools";
import { Reasons } from "./reasons";
import { ReportTools } from "./report-tools";
import { Session } from "./session";
import { LookTools } from "./settings/look-tools";
import { PaletteTools } from "./settings/palette-tools";
import { SettingsTools } from "./settings/settings-tools";
import { SizeTools } from "./settings/size-tools";
import { Stage } from "./stage";
import { TakeBack } from "./take-back";

const ZOOM = 1.5;

export class DeskPage {
  readonly #preferencesStore = new PreferencesStore();
  #preferences = this.#preferencesStore.read().preferences;
  readonly #translator = new Translator(admin, languageOf(this.#preferences, navigator.languages));
  readonly #say = (key: string, parts?: Record<string, string | number>) =>
    this.#translator.say(key as AdminKey, parts);
  readonly #session = new Session();
  readonly #client = new DeskClient(
    () => this.#session.key,
    this.#say,
    () => this.#refused(),
  );
  readonly #reasons = new Reasons(this.#say);
  readonly #actions = new Actions(
    this.#client,
    new Results(byId("results", HTMLElement)),
    this.#say,
    () => this.#reasons.text,
  );
  readonly #live: Live = new Live({
    changed: () => this.#refresh(),
    state: () => this.#refresh(),
    joined: () => this.#refresh(),
    settings: (settings) => this.#adopt(settings),
    userCount: (people) => setText(byId("online", HTMLElement), String(people)),
  });
  readonly #socket = new DeskSocket({
    ticket: () => this.#ticket(),
    state: (told) => this.#showState(parseDeskState(told)),
    action: () => this.#acted(),
    connected: (connected) => {
      Object.assign(document.body.dataset, { desk: connected });
      if (this.#session.key) void this.#askWho();
    },
  });
  readonly #stage: Stage = new Stage(byId("board", HTMLCanvasElement), this.#live.board, {
    chose: (area) => {
      this.#areaTools.show(area);
      this.#takeBack.changed();
      this.#pictures.chose(area);
    },
  });
  readonly #areaTools: AreaTools = new AreaTools(this.#actions, this.#say, {
    board: () => this.#live.board,
    typed: (area) => this.#stage.choose(area),
  });
  readonly #takeBack: TakeBack = new TakeBack({
    client: this.#client,
    actions: this.#actions,
    say: this.#say,
    area: () => this.#stage.area,
    show: (difference) => {
      if (difference) this.#pictures.drop();
      this.#stage.show(difference);
    },
  });
  readonly #pictures: PictureTools = new PictureTools({
    client: this.#client,
    actions: this.#actions,
    say: this.#say,
    board: () => this.#live.board,
    area: () => this.#stage.area,
    choose: (area) => this.#stage.choose(area),
    show: (difference) => this.#stage.show(difference),
  });
  readonly #reports = new ReportTools({
    client: this.#client,
    actions: this.#actions,
    say: this.#say,
    choose: (area) => this.#stage.choose(area),
    area: () => this.#stage.area,
    suggest: (reason) => this.#reasons.suggest(reason),
  });
  readonly #inForce = new InForceTools({
    client: this.#client,
    actions: this.#actions,
    say: this.#say,
    choose: (area) => this.#stage.choose(area),
  });
  readonly #history = new ActionHistory(this.#client, this.#actions, this.#say);
  readonly #settings = new SettingsTools(this.#client, this.#actions, this.#say);
  readonly #entry = new EntryTools(this.#client, this.#actions, this.#say);
  readonly #archives = new ArchiveTools(this.#client, this.#actions, this.#say);
  readonly #size = new SizeTools(this.#client, this.#actions, this.#say);
  readonly #look = new LookTools(this.#client, this.#actions, this.#say);
  readonly #palette = new PaletteTools(this.#live.board, this.#actions, this.#say);
  readonly #boardTools = new BoardTools(this.#actions, this.#say, () => this.#live.board);
  readonly #figures = new Figures(this.#say);
  readonly #alerts = new Alerts();
  /** What is chosen where an alert is to be seen. */
  readonly #places = new Map<AlertKind, () => void>([
    ["zone", () => this.#chooseBusiest()],
    ["group", () => void this.#chooseGroup()],
  ]);
  readonly #alertList = new AlertList(
    byId("alerts", HTMLElement),
    this.#say,
    (kind) => {
      this.#alerts.mute(kind, performance.now());
      this.#showAlerts();
    },
    (kind) => this.#places.get(kind) ?? null,
  );
  #state: DeskState | null = null;
  #holder: Holder | null = null;

  constructor() {
    new Tabs(byId("tabs", HTMLElement));
    new OrderTools({
      actions: this.#actions,
      say: this.#say,
      takeBack: this.#takeBack,
      now: () => this.#client.now,
      area: () => this.#stage.area,
    });
    listenForWaking(deviceClock(), () => void this.#live.check());
    this.#listenToTools();
    this.#listenToLanguage();
    this.#listenToSignIn();
    applyAppearance(this.#preferences);
    listenForLight(() => this.#preferences);
    this.#translate();
    this.#signed(this.#session.key !== "");
  }

  #listenToTools(): void {
    const choosing = byId("choosing", HTMLButtonElement);
    choosing.addEventListener("click", () => {
      this.#stage.choosing = !this.#stage.choosing;
      choosing.setAttribute("aria-pressed", String(this.#stage.choosing));
    });
    byId("zoom-in", HTMLButtonElement).addEventListener("click", () => this.#stage.zoom(ZOOM));
    byId("zoom-out", HTMLButtonElement).addEventListener("click", () => this.#stage.zoom(1 / ZOOM));
    byId("fit", HTMLButtonElement).addEventListener("click", () => this.#stage.fit());
  }

  // Who is signed in.

  #listenToSignIn(): void {
    const key = byId("key", HTMLInputElement);
    byId("sign-in", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#session.write(key.value.trim());
      key.value = "";
      this.#signed(true);
    });
    byId("sign-out", HTMLButtonElement).addEventListener("click", () => {
      this.#session.write("");
      this.#signed(false);
    });
  }

  #signed(isSigned: boolean): void {
    document.body.dataset.signed = String(isSigned);
    this.#boardTools.signed(isSigned);
    if (isSigned) {
      setText(byId("sign-in-words", HTMLElement), "");
      this.#socket.open();
    } else {
      this.#holder = null;
      this.#showWho();
      this.#socket.close();
    }
  }

  #refused(): void {
    this.#session.write("");
    this.#signed(false);
    setText(byId("sign-in-words", HTMLElement), this.#say("wrongKey"));
  }

  async #ticket(): Promise<string | null> {
    const { body } = await this.#client.ask("/api/desk/ticket", {});
    return typeof body.ticket === "string" ? body.ticket : null;
  }

  /** By HTTP: who one is, and what the socket tells, where there is none. */
  async #askWho(): Promise<void> {
    const { done, body } = await this.#client.get("/api/desk");
    this.#holder = parseHolder(body) ?? this.#holder;
    this.#showWho();
    if (done) this.#showState(parseDeskState(body));
    if (this.#holder?.may.has("settings")) void this.#archives.refresh();
    this.#acted();
  }

  /** Somebody did something: here, or on another desk. */
  #acted(): void {
    this.#history.refreshSoon();
    this.#askInForce();
    if (this.#holder?.may.has("settings")) void this.#settings.refresh();
  }

  #askInForce(): void {
    if (this.#holder?.may.has("ban")) this.#inForce.refreshSoon();
  }

  #showWho(): void {
    const role = this.#holder && this.#say(`role.${this.#holder.role}`);
    const words = this.#holder ? this.#say("you", { name: this.#holder.name, role: role ?? "" }) : "";
    setText(byId("you", HTMLElement), words);
    showPermitted(this.#holder);
    const { settings } = this.#live;
    if (settings && this.#holder?.may.has("settings")) this.#entry.adopt(settings.entry);
  }

  // What is seen.

  #adopt(settings: BoardSettings): void {
    this.#stage.adopt(settings);
    this.#areaTools.adopt(settings);
    this.#boardTools.adopt(settings);
    this.#size.adopt(settings);
    this.#look.adopt(settings);
    this.#palette.adopt(settings);
    if (this.#holder?.may.has("settings")) this.#entry.adopt(settings.entry);
    this.#refresh();
  }

  #refresh(): void {
    const { board, link } = this.#live;
    this.#stage.view.draw();
    showConnection(byId("connection", HTMLElement), link.state, this.#say);
    Object.assign(document.body.dataset, { epoch: board.epoch, seq: board.seq, connected: link.live });
  }

  #showState(state: DeskState): void {
    // Mutes are no entries of the log.
    if (state.reports.version !== this.#state?.reports.version) this.#askInForce();
    this.#state = state;
    this.#figures.show(state);
    this.#entry.lastMinute = state.entriesByWay;
    if (this.#holder?.may.has("rewind")) void this.#reports.adopt(state.reports.open, state.reports.version);
    this.#showAlerts();
  }

  /** The flooded area becomes the chosen one: to look at, and to take back. */
  #chooseBusiest(): void {
    const busiest = this.#state?.busiest;
    if (!busiest) return;
    const { x, y, width, height } = busiest;
    this.#stage.choose({ x, y, width, height });
  }

  /** The newest group's people and area become the selection: to look at, to take back, to ban. */
  async #chooseGroup(): Promise<void> {
    const { done, body, words } = await this.#client.get("/api/entry/groups");
    const group = parseNewestGroup(body);
    if (!done) this.#actions.tell(words, false);
    if (!group) return;
    this.#stage.choose(group.area);
    this.#takeBack.choose(group.people);
  }

  #showAlerts(): void {
    if (!this.#state) return;
    this.#alertList.show(this.#alerts.look(this.#state, performance.now()));
  }

  // Languages.

  #listenToLanguage(): void {
    const field = byId("language", HTMLSelectElement);
    fillLanguages(field);
    field.value = this.#preferences.language;
    field.addEventListener("change", () => {
      const wanted = { ...this.#preferences, language: field.value };
      this.#preferences = parsePreferences(JSON.stringify(wanted)).preferences;
      this.#preferencesStore.write(this.#preferences);
      this.#translate();
    });
  }

  #translate(): void {
    this.#translator.language = languageOf(this.#preferences, navigator.languages);
    translatePage(this.#translator.language, this.#say);
    document.title = this.#say("pageTitle");
    byId("key", HTMLInputElement).placeholder = this.#say("key.placeholder");
    this.#areaTools.palette.rename();
    this.#boardTools.show();
    this.#palette.show();
    this.#takeBack.translate();
    this.#history.translate();
    this.#reports.translate();
    this.#inForce.translate();
    this.#reasons.translate();
    if (this.#state) this.#showState(this.#state);
    this.#showWho();
    this.#refresh();
  }
}
