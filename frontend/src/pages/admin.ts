/** The organiser's page. */
import { pageBegan } from "../view/began";
import { DeskPage } from "./admin/desk-page";

new DeskPage();
pageBegan();
