/** The page's clock, made from those of this device. */
import { PageClock } from "../model/page-clock";

export const deviceClock = (): PageClock =>
  new PageClock(
    () => performance.now(),
    () => Date.now(),
  );
