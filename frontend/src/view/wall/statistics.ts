/** The statistics scene: numbers, a bar for each minute of the last hour, and the board's colours by how many there are. */
import type { Statistics } from "../../model/wall/statistics";
import { byId, setText } from "../element";

export function showStatistics(figures: Statistics, palette: readonly string[], language: string): void {
  const number = new Intl.NumberFormat(language);
  const hour = figures.perMinute.reduce((sum, count) => sum + count, 0);
  setText(byId("people", HTMLElement), number.format(figures.people));
  setText(byId("hour", HTMLElement), number.format(hour));
  setText(byId("all", HTMLElement), number.format(figures.changes));
  const most = Math.max(1, ...figures.perMinute);
  const bars = children(byId("minutes", HTMLElement), figures.perMinute.length);
  for (const [index, bar] of bars.entries())
    bar.style.height = `${((figures.perMinute[index] ?? 0) / most) * 100}%`;
  // The first colour is the empty board's; it would leave no room for what was drawn.
  const drawn = figures.colors.map((count, index) => ({ count: index === 0 ? 0 : count, index }));
  drawn.sort((one, other) => other.count - one.count);
  for (const [index, part] of children(byId("colors", HTMLElement), drawn.length).entries()) {
    const { count = 0, index: color = 0 } = drawn[index] ?? {};
    part.style.flexGrow = String(count);
    part.style.background = palette[color] ?? "";
  }
}

function children(parent: HTMLElement, count: number): HTMLElement[] {
  while (parent.childElementCount < count) parent.append(document.createElement("i"));
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  return [...parent.children] as HTMLElement[];
}
