/** The replay of a folder that `beeplace archive` wrote: the evening from its scripts, and the way to its overview. */
import { ArchivedHistory } from "../net/history";
import { pageBegan } from "../view/began";
import { byId } from "../view/element";
import { ReplayPage } from "./replay/replay-page";

const page = new ReplayPage(new ArchivedHistory("history"));
// Pixels and names of one's own are known at the event's own address alone.
byId("own", HTMLButtonElement).hidden = true;
byId("me", HTMLDetailsElement).hidden = true;
const home = byId("home", HTMLAnchorElement);
home.href = "index.html";
home.textContent = page.say("overview");
pageBegan();

/** For tests and the curious; nothing can be changed through it. */
Object.defineProperty(window, "beeplace", {
  value: Object.freeze({ colorAt: (x: number, y: number) => page.board.colorAt(x, y) }),
});
