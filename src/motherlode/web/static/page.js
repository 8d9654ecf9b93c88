// What all pages do: the display dialog, where a page has no keys of its own, and logging out.

import { byId } from "./build.js";
import { setUpDisplay } from "./display.js";
import { setUpSessions } from "./sessions.js";

if (byId("settings") && !document.body.dataset.keys) setUpDisplay(null);
setUpSessions();
setUpMenu();

// On a phone the pages and what is one's own are behind one button.
function setUpMenu() {
  const button = byId("open-menu");
  if (!button) return;
  const show = (open) => button.setAttribute("aria-expanded", String(open));
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  byId("menu").addEventListener("click", (event) => event.target.closest("button") && show(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  document.addEventListener("click", (event) => event.target.closest(".bar") || show(false));
}
