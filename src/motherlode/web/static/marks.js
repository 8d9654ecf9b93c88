// The words of a search, marked where they stand in a row.

import { element } from "./build.js";
import { hideBlankEnds } from "./row.js";

// spans: by column, the places of the words in its text
export function markFound(place, spans) {
  for (const cell of place.querySelectorAll("[data-column]")) {
    const found = spans[cell.dataset.column];
    if (!found) continue;
    const text = cell.textContent;
    const made = document.createDocumentFragment();
    let at = 0;
    for (const [start, end] of found) {
      made.append(text.slice(at, start), element("mark", { class: "found" }, text.slice(start, end)));
      at = end;
    }
    made.append(text.slice(at));
    cell.replaceChildren(made);
    hideBlankEnds(cell);
  }
}

// A long text is scrolled to its first mark.
export function showFirstMark(body) {
  const first = body.querySelector("mark.found");
  if (!first) return;
  const below = first.getBoundingClientRect().bottom - body.getBoundingClientRect().bottom;
  if (below > 0) body.scrollTop += below + 16;
}
