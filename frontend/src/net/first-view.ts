/** The board by HTTP, asked for while the script still loads, so that it is seen before the socket has even opened. */
import { type FirstView, parseFirstView } from "../model/board/first-view";

/** The page's HTML preloads both. Null when they do not come, or do not belong together. */
export async function fetchFirstView(): Promise<FirstView | null> {
  try {
    const [config, board] = await Promise.all([fetch("./api/config"), fetch("./api/board")]);
    if (!config.ok || !board.ok) return null;
    const pixels = new Uint8Array(await board.arrayBuffer());
    return parseFirstView(await config.json(), board.headers.get("etag") ?? "", pixels);
  } catch {
    return null;
  }
}
