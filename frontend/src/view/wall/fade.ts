/** A scene does not jump into the next: its last picture lies above and goes. */

const GONE_MS = 1200;

export function fadeOut(canvas: HTMLCanvasElement): void {
  const before = document.createElement("canvas");
  Object.assign(before, { width: canvas.width, height: canvas.height, className: "before covers" });
  before.setAttribute("aria-hidden", "true");
  before.getContext("2d")?.drawImage(canvas, 0, 0);
  canvas.after(before);
  // Two frames: the browser must have seen it covering before it can see it going.
  requestAnimationFrame(() => requestAnimationFrame(() => before.classList.remove("covers")));
  setTimeout(() => before.remove(), GONE_MS);
}
