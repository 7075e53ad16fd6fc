/** The keyboard of the drawing page: arrows nudge, Enter places, plus and minus zoom. */

export interface KeyActions {
  nudge(dx: number, dy: number): void;
  place(): void;
  zoom(factor: number): void;
}

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function act(key: string, actions: KeyActions): boolean {
  const arrow = ARROWS[key];
  if (arrow) actions.nudge(...arrow);
  else if (key === "Enter") actions.place();
  else if (key === "+" || key === "=") actions.zoom(1.5);
  else if (key === "-") actions.zoom(1 / 1.5);
  else return false;
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
    if (act(event.key, actions)) event.preventDefault();
  });
}
