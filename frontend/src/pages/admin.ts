/** The organiser's page: wires the live board and the desk's forms to the organiser's requests. */

import { listenForWaking } from "../input/wake";
import type { BoardSettings } from "../model/board/settings";
import { type Corners, cornersOf, parseCorners, pixelCount } from "../model/desk/corners";
import { languageOf, parsePreferences } from "../model/preferences";
import { takeKeyFromAddress } from "../net/key-in-address";
import { Live } from "../net/live";
import { OrganiserClient, type Outcome } from "../net/organiser-client";
import { browserStore } from "../storage/browser-store";
import { PreferencesStore } from "../storage/preferences-store";
import { type AdminKey, admin } from "../texts/admin";
import { Translator } from "../texts/i18n";
import { applyAppearance } from "../view/appearance";
import { pageBegan } from "../view/began";
import { showConnection } from "../view/connection";
import { Preview } from "../view/desk/preview";
import { Results } from "../view/desk/results";
import { byId, setText } from "../view/element";
import { fillLanguages } from "../view/language-field";
import { Swatches } from "../view/swatches";
import { translatePage } from "../view/translate";

const CORNERS = ["x1", "y1", "x2", "y2"] as const;

const preferencesStore = new PreferencesStore();
let { preferences } = preferencesStore.read();
const translator = new Translator(admin, languageOf(preferences, navigator.languages));
const say = (key: string, parts?: Record<string, string | number>) => translator.say(key as AdminKey, parts);
const languageField = byId("language", HTMLSelectElement);

const canvas = byId("board", HTMLCanvasElement);
const key = byId("key", HTMLInputElement);
const readOnly = byId("read-only", HTMLButtonElement);
const dialog = byId("confirm", HTMLDialogElement);
const corner = (name: (typeof CORNERS)[number]) => byId(name, HTMLInputElement);
const results = new Results(byId("results", HTMLElement));
const palette = new Swatches(byId("palette", HTMLElement), say, () => {});
const keyStore = browserStore(() => sessionStorage, "beeplace.key");
const organiser = new OrganiserClient(() => key.value.trim(), say);

const live: Live = new Live({
  changed: refresh,
  state: refresh,
  joined: refresh,
  settings: adopt,
  userCount: (people) => setText(byId("online", HTMLElement), String(people)),
});
const preview = new Preview(canvas, live.board, selection);

function refresh(): void {
  preview.draw();
  showConnection(byId("connection", HTMLElement), live.link.state, say);
  setText(byId("seq", HTMLElement), String(live.board.seq));
  Object.assign(document.body.dataset, {
    epoch: live.board.epoch,
    seq: live.board.seq,
    connected: live.link.live,
  });
}

function adopt(settings: BoardSettings): void {
  palette.show(settings.colors, 0);
  readOnly.setAttribute("aria-checked", String(settings.readOnly));
  canvas.style.aspectRatio = `${settings.width} / ${settings.height}`;
  for (const name of CORNERS)
    corner(name).max = String((name.startsWith("x") ? settings.width : settings.height) - 1);
  refresh();
}

/** What the four fields say, while it makes sense. */
function selection(): Corners | null {
  const [x1, y1, x2, y2] = CORNERS.map((name) => corner(name).valueAsNumber) as [
    number,
    number,
    number,
    number,
  ];
  return parseCorners({ x1, y1, x2, y2 }, live.board);
}

function select(corners: Corners): void {
  for (const name of CORNERS) corner(name).valueAsNumber = corners[name];
  preview.draw();
}

/** One at a time: what is being done cannot be done again by an impatient click. */
async function run(button: HTMLButtonElement, what: string, action: () => Promise<Outcome>): Promise<void> {
  button.disabled = true;
  const { done, words } = await action();
  button.disabled = false;
  results.add(say("result", { what, words }), done, new Date());
}

function fill(event: Event): void {
  event.preventDefault();
  const corners = selection();
  if (!corners) {
    results.add(say("area.outside"), false, new Date());
    return;
  }
  const what = say("area.what", { count: pixelCount(corners), ...corners });
  void run(byId("fill", HTMLButtonElement), what, () => organiser.fill(corners, palette.value));
}

function toggleReadOnly(): void {
  const wanted = readOnly.getAttribute("aria-checked") !== "true";
  void run(readOnly, say(wanted ? "readOnly.on" : "readOnly.off"), () => organiser.readOnly(wanted));
}

let dragFrom: { x: number; y: number } | null = null;

function drag(event: PointerEvent): void {
  if (event.type === "pointerdown" && event.button === 0 && live.board.loaded) {
    canvas.setPointerCapture(event.pointerId);
    dragFrom = preview.boardAt(event);
  }
  if (dragFrom) select(cornersOf(dragFrom, preview.boardAt(event), live.board));
  if (event.type === "pointerup" || event.type === "pointercancel") dragFrom = null;
}

function translate(): void {
  translator.language = languageOf(preferences, navigator.languages);
  translatePage(translator.language, say);
  document.title = say("pageTitle");
  key.placeholder = say("key.placeholder");
  palette.rename();
  refresh();
}

listenForWaking(() => void live.check());
fillLanguages(languageField);
languageField.value = preferences.language;
languageField.addEventListener("change", () => {
  const wanted = { ...preferences, language: languageField.value };
  preferences = parsePreferences(JSON.stringify(wanted)).preferences;
  preferencesStore.write(preferences);
  translate();
});
applyAppearance(preferences);
translate();
const shownKey = takeKeyFromAddress();
if (shownKey) keyStore.write(shownKey);
key.value = shownKey ?? keyStore.read() ?? "";
key.addEventListener("input", () => keyStore.write(key.value.trim()));
byId("key-form", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("area-form", HTMLFormElement).addEventListener("submit", fill);
byId("area-form", HTMLFormElement).addEventListener("input", preview.draw);
readOnly.addEventListener("click", toggleReadOnly);
for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const)
  canvas.addEventListener(type, drag);
byId("reset", HTMLButtonElement).addEventListener("click", () => {
  const size = `${live.board.width} × ${live.board.height}`;
  setText(byId("confirm-words", HTMLElement), say("reset.words", { size }));
  dialog.returnValue = "";
  dialog.showModal();
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue === "reset")
    void run(byId("reset", HTMLButtonElement), say("reset"), () => organiser.reset());
});
pageBegan();
