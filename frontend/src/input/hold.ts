/** A button that acts only when it is held for a while, by finger, mouse or key: nobody presses it by accident. */

const HOLD_MS = 1000;

export function listenToHolding(button: HTMLButtonElement, held: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(timer);
    timer = undefined;
    button.dataset.holding = "false";
  };
  const begin = () => {
    if (timer !== undefined || button.disabled) return;
    button.dataset.holding = "true";
    timer = setTimeout(() => {
      end();
      held();
    }, HOLD_MS);
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    begin();
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"] as const)
    button.addEventListener(type, end);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    begin();
  });
  button.addEventListener("keyup", end);
  // A long touch would open the browser's menu instead.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
