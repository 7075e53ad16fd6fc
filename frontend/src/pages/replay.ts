/** The page that plays the evening. */
import { HistoryPieces } from "../net/history";
import { browserStore } from "../storage/browser-store";
import { pageBegan } from "../view/began";
import { offerOwnNames } from "./replay/own-names";
import { ReplayPage } from "./replay/replay-page";

const { board, say } = new ReplayPage(new HistoryPieces("/api/history/index.json", "/api/log"));
offerOwnNames(
  browserStore(() => localStorage, "beeplace.token"),
  say,
);
pageBegan();

/** For tests and the curious; nothing can be changed through it. */
Object.defineProperty(window, "beeplace", {
  value: Object.freeze({ colorAt: (x: number, y: number) => board.colorAt(x, y) }),
});
