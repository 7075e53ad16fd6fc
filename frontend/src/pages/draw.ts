/** The drawing page's script: builds the page, and keeps its shell so that it opens without a network. */
import { keepShell } from "../storage/shell";
import { pageBegan } from "../view/began";
import { DrawPage } from "./draw/draw-page";

const { live } = new DrawPage();
keepShell();
pageBegan();

/** For tests and the curious; nothing can be changed through it. */
Object.defineProperty(window, "beeplace", {
  value: Object.freeze({
    colorAt: (x: number, y: number) => live.board.colorAt(x, y),
    get seq() {
      return live.board.seq;
    },
    get epoch() {
      return live.board.epoch;
    },
  }),
});
