/** The keyboard of the drawing page: arrows nudge, Enter places, plus and minus zoom, F fits, I asks who placed. */
import { ARROWS } from "../model/arrow-keys";
import { actOnView, type ViewKeys } from "./view-keys";

export interface KeyActions extends ViewKeys {
  nudge(dx: number, dy: number): void;
  place(): void;
  oneToOne(): void;
  who(): void;
  close(): void;
}

/** With Shift, to cross a board in less than a hundred presses. */
const STRIDE = 10;

function act({ key, shiftKey }: KeyboardEvent, actions: KeyActions): boolean {
  const arrow = ARROWS[key];
  const stride = shiftKey ? STRIDE : 1;
  if (arrow) actions.nudge(arrow.x * stride, arrow.y * stride);
  else if (key === "Enter") actions.place();
  else if (key === "1") actions.oneToOne();
  else if (key === "i" || key === "I") actions.who();
  else if (key === "Escape") actions.close();
  else return actOnView(key, actions);
  return true;
}

/** Buttons keep Enter and radio buttons keep the arrows: that is how people without a mouse use them. */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (target.closest("dialog")) return true;
  if (event.key === "Enter") return target.matches("button, a");
  return event.key.startsWith("Arrow") && target.matches("input");
}

export function listenToKeys(actions: KeyActions): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || belongsToControl(event)) return;
    // Held down, Enter would place one pixel after another.
    if (event.key === "Enter" && event.repeat) return;
    if (act(event, actions)) event.preventDefault();
  });
}
