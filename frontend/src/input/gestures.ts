/** Fingers, mouse and wheel upon the canvas, reported to the recognizer in CSS pixels of the canvas. Nothing here places. */

import { type GestureHandlers, GestureRecognizer, type Pointer } from "../model/draw/gesture-recognizer";
import type { Point } from "../model/geometry";

export interface CanvasGestureHandlers extends GestureHandlers {
  zoom(factor: number, at: Point): void;
}

const timers = {
  after: (ms: number, action: () => void): number => window.setTimeout(action, ms),
  cancel: (timer: number): void => clearTimeout(timer),
};

export function listenToGestures(canvas: HTMLCanvasElement, actions: CanvasGestureHandlers): void {
  const recognizer = new GestureRecognizer(actions, timers);
  const at = (event: MouseEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    const pointer = event.pointerType as Pointer;
    if (pointer === "mouse" && event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    recognizer.down(event.pointerId, at(event), event.timeStamp, pointer, event.button === 0);
  });
  canvas.addEventListener("pointermove", (event) =>
    recognizer.move(event.pointerId, at(event), event.timeStamp),
  );
  canvas.addEventListener("pointerup", (event) => recognizer.up(event.pointerId, event.timeStamp));
  canvas.addEventListener("pointercancel", (event) => recognizer.cancel(event.pointerId));
  // After an ordinary end the recognizer knows nothing of this finger any more; otherwise the page lost it on the way.
  canvas.addEventListener("lostpointercapture", (event) => recognizer.cancel(event.pointerId));
  canvas.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    if ((event as PointerEvent).pointerType === "mouse") actions.press(at(event));
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      actions.touched();
      actions.zoom(wheelFactor(event), at(event));
    },
    { passive: false },
  );
  // Safari's own pinch, which ignores touch-action on some versions, anywhere on the page.
  document.addEventListener("gesturestart", (event) => event.preventDefault());
}

/** The same speed as d3-zoom, which people know from maps. */
function wheelFactor({ deltaMode, deltaY, ctrlKey }: WheelEvent): number {
  const unit = deltaMode === 1 ? 0.05 : deltaMode ? 1 : 0.002;
  return 2 ** (-deltaY * unit * (ctrlKey ? 10 : 1));
}
