/** Fingers, mouse and wheel upon the canvas, told to the hand in CSS pixels of the canvas. Nothing here places. */

import { Hand, type HandActions, type Pointer } from "../model/draw/hand";
import type { Point } from "../model/geometry";

export interface GestureActions extends HandActions {
  zoom(factor: number, at: Point): void;
}

const timers = {
  after: (ms: number, action: () => void): number => window.setTimeout(action, ms),
  cancel: (timer: number): void => clearTimeout(timer),
};

export function listenToGestures(canvas: HTMLCanvasElement, actions: GestureActions): void {
  const hand = new Hand(actions, timers);
  const at = (event: MouseEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    const pointer = event.pointerType as Pointer;
    if (pointer === "mouse" && event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    hand.down(event.pointerId, at(event), event.timeStamp, pointer, event.button === 0);
  });
  canvas.addEventListener("pointermove", (event) => hand.move(event.pointerId, at(event), event.timeStamp));
  canvas.addEventListener("pointerup", (event) => hand.up(event.pointerId, event.timeStamp));
  canvas.addEventListener("pointercancel", (event) => hand.cancel(event.pointerId));
  // After an ordinary end the hand knows nothing of this finger any more; otherwise the page lost it on the way.
  canvas.addEventListener("lostpointercapture", (event) => hand.cancel(event.pointerId));
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
