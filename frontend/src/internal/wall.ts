/** Where the board lies on a wall of screens, and which part of the wall one screen shows. All in screen pixels. */

/** One screen's size and how many there are beside and above each other. */
export interface Wall {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * As large as fits, in its own proportions, in the middle. From 1 on the scale is a whole number, so that all pixels
 * are equally large; below it is what it must be, because otherwise the board would not fit.
 */
export function boardOnWall(board: Size, wall: Wall): Area & { readonly scale: number } {
  const whole = { width: wall.width * wall.columns, height: wall.height * wall.rows };
  const fit = Math.min(whole.width / board.width, whole.height / board.height);
  const scale = fit >= 1 ? Math.floor(fit) : fit;
  const [width, height] = [board.width * scale, board.height * scale];
  return {
    scale,
    width,
    height,
    x: Math.floor((whole.width - width) / 2),
    y: Math.floor((whole.height - height) / 2),
  };
}

/** `screen` counts from 1, row by row. */
export function screenOnWall(wall: Wall, screen: number): Area {
  const column = (screen - 1) % wall.columns;
  const row = Math.floor((screen - 1) / wall.columns);
  return { x: column * wall.width, y: row * wall.height, width: wall.width, height: wall.height };
}

/** Where the board lies as seen from that screen; negative when it begins on a screen before. */
export function boardOnScreen(board: Size, wall: Wall, screen: number): Area {
  const onWall = boardOnWall(board, wall);
  const part = screenOnWall(wall, screen);
  return { x: onWall.x - part.x, y: onWall.y - part.y, width: onWall.width, height: onWall.height };
}
