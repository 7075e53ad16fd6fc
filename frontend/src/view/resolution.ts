/** Tells that the screen has another number of dots to a CSS pixel: the window was moved to another, or zoomed. */

export function onResolutionChange(changed: () => void): void {
  // A query knows one value alone, so that each change needs the next one. Safari 15 knows none, and is never told.
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
    "change",
    () => {
      changed();
      onResolutionChange(changed);
    },
    { once: true },
  );
}
