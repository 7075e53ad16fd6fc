/** The small light that tells whether what is seen is live, the same on every page. */

import type { LinkState } from "../model/board/link-state";
import type { Say } from "../texts/i18n";
import { setText } from "./element";

export function showConnection(element: HTMLElement, state: LinkState, say?: Say): void {
  setText(element, say ? say(`connection.${state}`) : state);
  element.dataset.state = state;
}
