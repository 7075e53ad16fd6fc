/** Puts the chosen light and hand upon the document; the style sheets do the rest. */
import type { Preferences } from "../model/preferences";

const LIGHT = "(prefers-color-scheme: light)";

export function applyAppearance({ theme: chosen, hand, patterns }: Preferences): void {
  const theme = chosen !== "auto" ? chosen : matchMedia(LIGHT).matches ? "sunlight" : "dark";
  const root = document.documentElement;
  Object.assign(root.dataset, { theme, hand, patterns: String(patterns) });
  const ground = getComputedStyle(root).getPropertyValue("--ground").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
  document
    .querySelector('meta[name="color-scheme"]')
    ?.setAttribute("content", theme === "sunlight" ? "light" : "dark");
}

/** Calls back after the device has changed between light and dark, where the page is to follow it. */
export function listenForLight(preferences: () => Preferences, changed: () => void = () => undefined): void {
  matchMedia(LIGHT).addEventListener("change", () => {
    if (preferences().theme !== "auto") return;
    applyAppearance(preferences());
    changed();
  });
}
