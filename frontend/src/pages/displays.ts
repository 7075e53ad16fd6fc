/** The page on which a wall is composed. */
import { pageBegan } from "../view/began";
import { WallPage } from "./displays/wall-page";

new WallPage();
pageBegan();
