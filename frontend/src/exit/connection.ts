/** The small light that tells whether what is seen is live, the same on every page. */
import type { LinkState } from "../internal/link-state";
import { setText } from "./element";

export function showConnection(element: HTMLElement, state: LinkState): void {
  setText(element, state);
  element.dataset.state = state;
}
