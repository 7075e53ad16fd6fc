/** The page's address names a place: read when the page opens, and kept up to date for whoever shares it. */

import type { Board } from "../../model/board/board";
import type { BoardSettings } from "../../model/board/settings";
import type { Camera } from "../../model/draw/camera";
import type { Choice } from "../../model/draw/choice";
import { formatHash, parseHash } from "../../model/draw/hash";
import { isFields } from "../../model/fields";
import type { Point } from "../../model/geometry";
import { siteFolder } from "../../model/site-path";

/** Browsers allow about a hundred changes of the address in half a minute. */
const WRITE_AFTER_MS = 300;

export class ViewAddress {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly board: Board,
    readonly camera: Camera,
    readonly choice: Choice,
    /** The address names no place of this board. */
    readonly wrong: () => void,
  ) {}

  open(settings: BoardSettings): void {
    const { hash } = this;
    const place = parseHash(hash, settings);
    if (place) this.choice.choose(place.x, place.y);
    else this.choice.clear();
    if (!place && hash.length > 1) this.wrong();
    const scale = place?.scale ?? settings.initialScale;
    const left = this.#leftAt(settings);
    if (left || place)
      this.camera.centerOn(left ?? { x: (place?.x ?? 0) + 0.5, y: (place?.y ?? 0) + 0.5 }, scale);
    else this.camera.lookAt(settings.busiest ?? { x: settings.width / 2, y: settings.height / 2 }, scale);
  }

  /** What was in the middle before a reload: the address alone names a whole pixel, which need not be there. */
  #leftAt({ width, height }: BoardSettings): Point | null {
    const left: unknown = history.state;
    if (!isFields(left) || left.hash !== location.hash) return null;
    const { x, y } = left;
    if (typeof x !== "number" || typeof y !== "number") return null;
    return x >= 0 && y >= 0 && x <= width && y <= height ? { x, y } : null;
  }

  /** A shared address names the place twice: behind the `#`, and where servers that make previews see it. */
  get hash(): string {
    const at = new URLSearchParams(location.search).get("at");
    return location.hash || (at ? `#${at}` : "");
  }

  /** What is given to others. */
  get shared(): string {
    const hash = new URL(this.write()).hash;
    return hash
      ? `${location.origin}${siteFolder(location.pathname)}?at=${hash.slice(1)}${hash}`
      : location.href;
  }

  writeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), WRITE_AFTER_MS);
  }

  /** The chosen pixel where it is seen, otherwise the middle of the window: what a person would call "here". */
  write(): string {
    const { board, camera, choice } = this;
    if (!board.loaded) return location.href;
    const { pixel } = choice;
    const middle = camera.boardAt(camera.center);
    const here = pixel && camera.shows(pixel.x, pixel.y) ? pixel : choice.nearest(middle.x, middle.y);
    const hash = formatHash({ ...here, scale: camera.scale });
    history.replaceState({ ...middle, hash }, "", location.pathname + hash);
    return location.href;
  }
}
