/** The keys that each page with a board knows: plus and minus zoom, F shows all of it. */

export const ZOOM_STEP = 1.5;

export interface ViewKeys {
  zoom(factor: number): void;
  fit(): void;
}

/** Whether the key was one of these. */
export function actOnView(key: string, actions: ViewKeys): boolean {
  if (key === "+" || key === "=") actions.zoom(ZOOM_STEP);
  else if (key === "-") actions.zoom(1 / ZOOM_STEP);
  else if (key === "f" || key === "F") actions.fit();
  else return false;
  return true;
}
