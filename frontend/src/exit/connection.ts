/** The small light that tells whether what is seen is live, the same on every page. */
import type { Say } from "../internal/i18n";
import type { LinkState } from "../internal/link-state";
import { setText } from "./element";

export function showConnection(element: HTMLElement, state: LinkState, say?: Say): void {
  setText(element, say ? say(`connection.${state}`) : state);
  element.dataset.state = state;
}
