// How far the rows are that somebody chose to be asked first, with a button to cancel them.

import { get, remove } from "./api.js";
import { announce, counted, element } from "./build.js";

// place: an element that is hidden while nothing was chosen; cancelled: what to do after
export async function showChosen(place, cancelled = () => {}) {
  let found;
  try {
    found = await get("/api/map/first");
  } catch {
    return; // what is shown stays until the server is back
  }
  draw(place, found, cancelled);
}

function draw(place, { chosen, answered, to_come: left }, cancelled) {
  place.hidden = !chosen;
  const rows = chosen === 1 ? "1 row you chose" : `${counted(chosen)} rows you chose`;
  const said = left ? `${rows}: ${counted(answered)} answered, ${counted(left)} to come` : `${rows}: all answered`;
  if (place.firstChild?.textContent === said) return;
  const button = element("button", { type: "button", class: "quiet" }, left ? "Cancel the rest" : "Close");
  button.addEventListener("click", async () => {
    try {
      draw(place, await remove("/api/map/first"), cancelled);
      if (left) announce(`Cancelled: ${counted(left)} ${left === 1 ? "row is" : "rows are"} not asked first any more.`);
      cancelled();
    } catch (problem) {
      announce(problem.message);
    }
  });
  const focused = place.contains(document.activeElement);
  place.replaceChildren(element("span", {}, said), button);
  if (focused) button.focus();
}
