/** Composing a wall: its screens and programme, kept in this browser or in a file; a live preview; a link to each screen. */

import { deviceClock } from "../input/device-clock";
import { listenForWaking } from "../input/wake";
import { parseJson } from "../model/fields";
import { languageOf } from "../model/preferences";
import {
  type Composition,
  DEFAULT_COMPOSITION,
  encodeComposition,
  MAX_FILE_BYTES,
  parseComposition,
  turnOf,
} from "../model/wall/composition";
import { longAddress, shortAddress } from "../model/wall/screen-address";
import { boardOnWall, shownPart, type Turn, wallSize } from "../model/wall/wall";
import { Live } from "../net/live";
import { readProposedWall } from "../net/proposed-wall";
import { browserStore } from "../storage/browser-store";
import { PreferencesStore } from "../storage/preferences-store";
import { displays as texts } from "../texts/displays";
import { type Say, Translator } from "../texts/i18n";
import { pageBegan } from "../view/began";
import { showConnection } from "../view/connection";
import { download } from "../view/download";
import { byId, isPressed, setText } from "../view/element";
import { Notice } from "../view/notice";
import { translatePage } from "../view/translate";
import { MAX_CARDS, ScreenLinks } from "../view/wall/screen-links";
import { WallForm } from "../view/wall/wall-form";
import { WallPreview } from "../view/wall/wall-preview";

// The language that a person chose on this machine is the pages' own.
const { preferences } = new PreferencesStore().read();
const translator = new Translator(texts, languageOf(preferences, navigator.languages));
// The modules name their keys as texts; test/texts/i18n.test.ts and test/model/wall/screen-address.test.ts know them all.
const say = translator.say as Say;
translatePage(translator.language, say);
document.title = say("wall.page");

const store = browserStore(() => localStorage, "beeplace.wall");
const notice = new Notice(byId("notice", HTMLElement));
const testButton = byId("test", HTMLButtonElement);
const connection = byId("connection", HTMLElement);
let composition = DEFAULT_COMPOSITION;

const live: Live = new Live({
  changed: refresh,
  state: (state) => showConnection(connection, state, say),
  joined: () => showConnection(connection, "live", say),
  settings: summarise,
});
const preview = new WallPreview(
  {
    canvas: byId("board", HTMLCanvasElement),
    frame: byId("wall", HTMLElement),
    list: byId("screens", HTMLElement),
    board: live.board,
    say,
  },
  () => composition,
);
const links = new ScreenLinks(byId("links", HTMLElement), say, turnScreen);
const form = new WallForm(
  say,
  (read) => {
    notice.lasting = "problem" in read ? read.problem : "";
    if ("composition" in read) choose(read.composition);
  },
  () => composition,
);

function refresh(): void {
  preview.draw();
  const { epoch, seq } = live.board;
  Object.assign(document.body.dataset, { epoch, seq, connected: live.link.live });
}

const addressOf = (screen: number, write: typeof longAddress): string =>
  write(composition.wall, screen, turnOf(composition, screen), composition.programme, isPressed(testButton));

function choose(chosen: Composition): void {
  composition = chosen;
  store.write(encodeComposition(chosen));
  arrange();
}

function arrange(): void {
  const count = composition.wall.columns * composition.wall.rows;
  preview.test = isPressed(testButton);
  preview.arrange((screen) => addressOf(screen, longAddress));
  const cards = Array.from({ length: Math.min(count, MAX_CARDS) }, (_, index) => ({
    screen: index + 1,
    address: addressOf(index + 1, shortAddress),
    turn: turnOf(composition, index + 1),
  }));
  links.show(cards);
  const more = byId("more", HTMLElement);
  more.hidden = count <= MAX_CARDS;
  setText(more, say("wall.more", { shown: MAX_CARDS, total: count }));
  summarise();
}

function turnScreen(screen: number, turn: Turn): void {
  const { columns, rows } = composition.wall;
  const turns = Array.from({ length: columns * rows }, (_, index) =>
    index + 1 === screen ? turn : turnOf(composition, index + 1),
  );
  choose({ ...composition, turns });
  form.show(composition);
}

function summarise(): void {
  const { wall, programme } = composition;
  const { board } = live;
  const size = say("wall.summary", { count: wall.columns * wall.rows, ...wallSize(wall) });
  const part = board.loaded ? shownPart(board, programme.crop) : null;
  const outside = board.loaded && !part;
  const shown = part ?? { x: 0, y: 0, width: board.width, height: board.height };
  const scale = board.loaded ? Number(boardOnWall(shown, wall).scale.toFixed(3)) : 0;
  const each = scale ? `; ${say("wall.scale", { columns: shown.width, rows: shown.height, scale })}` : "";
  setText(byId("summary", HTMLElement), `${size}${each}${outside ? `. ${say("wall.outside")}` : ""}`);
}

/** What was composed here before wins over what the server proposes. */
async function first(): Promise<Composition> {
  const text = store.read();
  const remembered = text === null ? null : parseComposition(parseJson(text));
  if (remembered && !("error" in remembered)) return remembered;
  if (remembered) notice.say(say("error.kept"), "bad");
  return { ...DEFAULT_COMPOSITION, wall: (await readProposedWall()) ?? DEFAULT_COMPOSITION.wall };
}

function exportFile(): void {
  download(new Blob([encodeComposition(composition)], { type: "application/json" }), "beeplace-wall.json");
}

async function importFile(file: File): Promise<void> {
  if (file.size > MAX_FILE_BYTES) return notice.say(say("error.large"), "bad");
  const read = parseComposition(parseJson(await file.text()));
  if ("error" in read) {
    const known = read.error === "file" || read.error === "version";
    return notice.say(known ? say(`error.${read.error}`) : say("error.part", { part: read.error }), "bad");
  }
  choose(read);
  form.show(read);
  notice.say(say("wall.imported"), "good");
}

const file = byId("file", HTMLInputElement);
byId("export", HTMLButtonElement).addEventListener("click", exportFile);
byId("import", HTMLButtonElement).addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  if (file.files?.[0]) void importFile(file.files[0]);
  // The same file may be chosen again after it was corrected.
  file.value = "";
});
testButton.addEventListener("click", () => {
  testButton.setAttribute("aria-pressed", String(!isPressed(testButton)));
  notice.lasting = isPressed(testButton) ? say("wall.testHint") : "";
  arrange();
});
if (["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
  const warning = byId("warning", HTMLElement);
  setText(warning, say("wall.localhost", { host: location.host }));
  warning.hidden = false;
}
listenForWaking(deviceClock(), () => void live.check());
void first().then((found) => {
  composition = found;
  form.show(composition);
  arrange();
  document.body.dataset.ready = "true";
});
pageBegan();
