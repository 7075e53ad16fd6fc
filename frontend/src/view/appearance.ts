/** Puts the chosen light and hand upon the document; the style sheets do the rest. */
import type { Preferences } from "../model/preferences";

export function applyAppearance({ theme, hand, patterns }: Preferences): void {
  const root = document.documentElement;
  Object.assign(root.dataset, { theme, hand, patterns: String(patterns) });
  const ground = getComputedStyle(root).getPropertyValue("--ground").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
  document
    .querySelector('meta[name="color-scheme"]')
    ?.setAttribute("content", theme === "sunlight" ? "light" : "dark");
}
