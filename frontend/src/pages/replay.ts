/** The page that plays the evening. */
import { pageBegan } from "../view/began";
import { ReplayPage } from "./replay/replay-page";

const { board } = new ReplayPage();
pageBegan();

/** For tests and the curious; nothing can be changed through it. */
Object.defineProperty(window, "beeplace", {
  value: Object.freeze({ colorAt: (x: number, y: number) => board.colorAt(x, y) }),
});
