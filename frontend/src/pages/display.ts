/** One screen: nothing but the canvas, a word when its address is wrong, and a mark when it may be old. */
import { byId, setText } from "../exit/element";
import { WallView } from "../exit/wall-view";
import { Staleness } from "../internal/staleness";
import { parseScreenAddress } from "../internal/wall-address";
import { Live } from "../live";

const MESSAGE_SHOWN_MS = 15_000;
/** A server that hangs is found out by asking it; its own pings would take most of a minute. Few displays ask. */
const ASK_EVERY_MS = 5000;

const address = parseScreenAddress(location.search);
const wholeWindow = ({ width, height }: { width: number; height: number }) => ({
  wall: { width, height, columns: 1, rows: 1 },
  screen: 1,
});

const live: Live = new Live({
  changed: refresh,
  state: (state) => {
    if (state !== "live") staleness.lost();
    refresh();
  },
  joined: () => {
    staleness.current();
    refresh();
  },
});
const staleness = new Staleness(() => new Date());
const view = new WallView(byId("board", HTMLCanvasElement), live.board, (dots) =>
  address === "whole" || "error" in address ? wholeWindow(dots) : address,
);

function refresh(): void {
  view.draw();
  showStaleness();
  const { epoch, seq } = live.board;
  Object.assign(document.body.dataset, { epoch, seq, connected: live.link.live });
}

async function makeSure(): Promise<void> {
  // While the link is down it tries by itself, in its own time.
  if (live.link.live && (await live.check())) staleness.current();
}

function showStaleness(): void {
  const { text } = staleness;
  byId("stale", HTMLElement).hidden = text === "";
  setText(byId("since", HTMLElement), text);
}

function complain(error: string): void {
  const message = byId("message", HTMLElement);
  message.textContent = `This screen's address is wrong: ${error}. Showing the whole board instead.`;
  message.hidden = false;
  setTimeout(() => {
    message.hidden = true;
  }, MESSAGE_SHOWN_MS);
}

/** A wall must not go dark; the browser lets go of the lock whenever the page is hidden. */
async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused on low battery or without a secure address; the machine's own settings then decide.
  }
}

if (address !== "whole" && "error" in address) complain(address.error);
setInterval(showStaleness, 1000);
setInterval(makeSure, ASK_EVERY_MS);
void stayAwake();
document.addEventListener("visibilitychange", () => document.hidden || void stayAwake());
