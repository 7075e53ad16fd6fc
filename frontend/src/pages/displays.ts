/** The wall's page: its sizes, remembered here; its preview, live; and a link to each of its screens. */
import { kept, parseJson } from "../entrance/storage";
import { showConnection } from "../exit/connection";
import { byId, setText } from "../exit/element";
import { WallView } from "../exit/wall-view";
import { boardOnWall, type Wall } from "../internal/wall";
import { parseWall, screenAddress } from "../internal/wall-address";
import { Live } from "../live";

const NAMES = ["width", "height", "columns", "rows"] as const;
const FIRST: Wall = { width: 1920, height: 1080, columns: 1, rows: 1 };

const store = kept(() => localStorage, "beeplace.wall");
const form = byId("wall-form", HTMLFormElement);
const preview = byId("wall", HTMLElement);
let wall = FIRST;

const live: Live = new Live({
  changed: refresh,
  state: (state) => showConnection(byId("connection", HTMLElement), state),
  joined: () => showConnection(byId("connection", HTMLElement), "live"),
  settings: summarise,
});
const view = new WallView(byId("board", HTMLCanvasElement), live.board, () => ({
  wall: { width: wall.width * wall.columns, height: wall.height * wall.rows, columns: 1, rows: 1 },
  screen: 1,
}));

function refresh(): void {
  view.draw();
  Object.assign(document.body.dataset, {
    epoch: live.board.epoch,
    seq: live.board.seq,
    connected: live.link.live,
  });
}

const input = (name: (typeof NAMES)[number]) => byId(name, HTMLInputElement);

function readForm(): Wall | null {
  return parseWall(Object.fromEntries(NAMES.map((name) => [name, input(name).valueAsNumber])));
}

function show(chosen: Wall): void {
  wall = chosen;
  for (const name of NAMES)
    if (input(name).valueAsNumber !== wall[name]) input(name).valueAsNumber = wall[name];
  const [width, height] = [wall.width * wall.columns, wall.height * wall.rows];
  preview.style.aspectRatio = `${width} / ${height}`;
  preview.style.setProperty("--proportion", String(width / height));
  const list = byId("screens", HTMLElement);
  list.style.gridTemplate = `repeat(${wall.rows}, 1fr) / repeat(${wall.columns}, 1fr)`;
  list.replaceChildren(
    ...Array.from({ length: wall.columns * wall.rows }, (_, index) => screenItem(index + 1)),
  );
  summarise();
  view.draw();
}

function screenItem(screen: number): HTMLLIElement {
  const link = document.createElement("a");
  link.href = screenAddress(wall, screen);
  link.target = "_blank";
  link.rel = "noopener";
  link.dataset.screen = String(screen);
  link.ariaLabel = `Open screen ${screen}`;
  const number = document.createElement("span");
  number.textContent = String(screen);
  link.append(number);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function summarise(): void {
  const { columns, rows, width, height } = wall;
  const count = columns * rows;
  const { board } = live;
  const size = `${count} ${count === 1 ? "screen" : "screens"}, ${width * columns} × ${height * rows} pixels`;
  const scale = Number(boardOnWall(board, wall).scale.toFixed(3));
  const each = board.loaded ? `; each of the board's ${board.width} × ${board.height} is ${scale} wide` : "";
  setText(byId("summary", HTMLElement), `${size}${each}.`);
}

/** What was composed here before wins over what the server proposes. */
async function firstWall(): Promise<Wall> {
  const remembered = parseWall(parseJson(store.read()));
  if (remembered) return remembered;
  try {
    const config = await (await fetch("/api/config")).json();
    const proposed = {
      width: config.displayWidth,
      height: config.displayHeight,
      columns: config.displayColumns,
      rows: config.displayRows,
    };
    return parseWall(proposed) ?? FIRST;
  } catch {
    return FIRST;
  }
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const chosen = readForm();
  if (!chosen)
    return setText(
      byId("summary", HTMLElement),
      "Whole numbers, please: sizes to 16384, 100 at most beside each other.",
    );
  store.write(JSON.stringify(chosen));
  show(chosen);
});
show(await firstWall());
