/** The whole wall, small: the board across all screens, nothing where bezels are, and a link upon each screen. */
import type { Board } from "../../model/board/board";
import { type Composition, turnOf } from "../../model/wall/composition";
import { asOneWall } from "../../model/wall/screen-address";
import { screenOnWall, type Wall, wallSize } from "../../model/wall/wall";
import type { Say } from "../../texts/i18n";
import { setLabel } from "../element";
import { oncePerFrame } from "../surface";
import { Scenes } from "./scenes";
import { partOf, WallCanvas } from "./wall-canvas";

const BEZEL = "#1b1f26";

export interface PreviewParts {
  readonly canvas: HTMLCanvasElement;
  readonly frame: HTMLElement;
  readonly list: HTMLElement;
  readonly board: Board;
  readonly say: Say;
}

export class WallPreview {
  readonly draw = oncePerFrame(() => this.#draw());
  test = false;
  readonly #canvas: WallCanvas;
  readonly #scenes: Scenes;

  constructor(
    readonly parts: PreviewParts,
    readonly composition: () => Composition,
  ) {
    this.#canvas = new WallCanvas(parts.canvas, () => asOneWall(composition().wall), 0, this.draw);
    this.#scenes = new Scenes(this.#canvas);
  }

  /** Sizes, links and labels; `addressOf` a screen by its number. */
  arrange(addressOf: (screen: number) => string): void {
    const { wall } = this.composition();
    const whole = wallSize(wall);
    const { frame, list } = this.parts;
    frame.style.setProperty("--proportion", String(whole.width / whole.height));
    list.replaceChildren(
      ...Array.from({ length: wall.columns * wall.rows }, (_, index) =>
        this.#item(wall, index + 1, addressOf(index + 1)),
      ),
    );
    this.draw();
  }

  #item(wall: Wall, screen: number, address: string): HTMLLIElement {
    const { say } = this.parts;
    const whole = wallSize(wall);
    const at = screenOnWall(wall, screen);
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", rel: "noopener" });
    link.dataset.screen = String(screen);
    setLabel(link, say("wall.open", { screen }));
    const number = document.createElement("span");
    const turn = turnOf(this.composition(), screen);
    number.textContent = turn ? `${screen} · ${turn}°` : String(screen);
    link.append(number);
    const item = document.createElement("li");
    Object.assign(item.style, {
      left: `${(at.x / whole.width) * 100}%`,
      top: `${(at.y / whole.height) * 100}%`,
      width: `${(at.width / whole.width) * 100}%`,
      height: `${(at.height / whole.height) * 100}%`,
    });
    item.append(link);
    return item;
  }

  #draw(): void {
    const { board } = this.parts;
    const { wall, programme } = this.composition();
    this.#canvas.surface.update(board);
    this.#canvas.begin();
    if (!board.loaded) return;
    const part = partOf(board, programme.crop);
    if (this.test) this.#scenes.test(board, part);
    else this.#scenes.board(part);
    this.#bezels(wall);
  }

  #bezels(wall: Wall): void {
    const { context } = this.#canvas;
    const whole = wallSize(wall);
    context.fillStyle = BEZEL;
    for (let column = 1; column < wall.columns; column++)
      context.fillRect(column * (wall.width + wall.gapX) - wall.gapX, 0, wall.gapX, whole.height);
    for (let row = 1; row < wall.rows; row++)
      context.fillRect(0, row * (wall.height + wall.gapY) - wall.gapY, whole.width, wall.gapY);
  }
}
