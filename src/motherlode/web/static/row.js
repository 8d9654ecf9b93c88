// Draw a row: its text, its image, or its fields in reading order.

import { element } from "./build.js";

const LONG = 600;
const MOST_MARKS = 600;
const JOIN = "\n\n";

export function drawRow(row, project) {
  const made = document.createDocumentFragment();
  // A list where the order matters: an object puts names that are whole numbers first.
  const fields = new Map(Array.isArray(row.content) ? row.content : Object.entries(row.content));
  if (row.image) made.append(picture(row));
  if (project.kind === "text") {
    made.append(...texts(fields, project.columns));
    for (const name of project.columns) fields.delete(name);
  }
  if (project.kind === "image") fields.delete(project.columns[0]);
  if (fields.size) {
    const list = element("dl", { class: "fields" });
    for (const [name, value] of fields) list.append(field(name, value, project.kinds[name]));
    made.append(list);
  }
  return made;
}

// A text that several columns hold has the name of each above its part.
function texts(fields, columns) {
  if (columns.length === 1) return [part(words(fields.get(columns[0])), "row-text", { id: "row-text", "data-column": columns[0] })];
  return columns.flatMap((name, i) => [
    element("h2", { class: "part" }, name),
    part(words(fields.get(name)), fields.get(name) ? "row-text" : "gap", { "data-column": name, ...(i ? {} : { id: "row-text" }) }),
  ]);
}

function part(text, kind, more) {
  const made = element("p", { class: `text ${kind}`, dir: "auto", ...more }, text);
  hideBlankEnds(made);
  return made;
}

// Blank lines at the ends of a text stay in it, as places in it count them, but are not shown.
export function hideBlankEnds(place) {
  if (!place.textContent.trim()) return;
  const first = place.firstChild;
  if (first.nodeType === Node.TEXT_NODE) {
    const from = /^(?:[^\S\n]*\n)*/.exec(first.data)[0].length;
    if (from) {
      first.splitText(from);
      first.replaceWith(element("span", { hidden: "" }, first.data));
    }
  }
  const last = place.lastChild;
  if (last.nodeType === Node.TEXT_NODE) {
    const end = last.splitText(last.data.trimEnd().length);
    if (end.data) end.replaceWith(element("span", { hidden: "" }, end.data));
  }
}

export function preload(row) {
  if (row.image) new Image().src = row.image;
}

export function summary(row, project, most = 240) {
  const { content } = row;
  if (project.kind === "text") {
    const parts = project.columns.map((name) => content[name]).filter((text) => text);
    return cut(parts.length ? parts.join(" · ") : words(content[project.columns[0]]), most);
  }
  const hidden = project.kind === "image" ? project.columns[0] : null;
  const shown = Object.entries(content).filter(([name, value]) => value !== null && name !== hidden);
  return cut(shown.map(([name, value]) => `${name}: ${words(value)}`).join(" · "), most);
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

// Places count through all parts of the text, which are joined by JOIN.
export function mark(pushes) {
  let from = 0;
  for (const place of document.querySelectorAll("#row .row-text")) {
    const text = place.textContent, to = from + text.length;
    const here = pushes.filter(([start, end]) => start >= from && end <= to).slice(0, MOST_MARKS);
    if (here.length) markPart(place, text, here, from);
    from = to + JOIN.length;
  }
}

function markPart(place, text, pushes, from) {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const [start, end, weight] of pushes) {
    made.append(text.slice(at, start - from));
    const kind = weight > 0 ? "for" : "against";
    made.append(element("mark", { class: kind }, text.slice(start - from, end - from)));
    at = end - from;
  }
  made.append(text.slice(at));
  place.replaceChildren(made);
  hideBlankEnds(place);
}

function picture(row) {
  const image = element("img", { src: row.image, alt: `Image of row ${row.id}`, class: "picture" });
  image.addEventListener("error", () => {
    image.replaceWith(element("p", { class: "broken" }, "The image of this row can’t be shown."));
  });
  return image;
}

function field(name, value, kind) {
  const text = words(value);
  const look = value === null || value === "" ? "gap" : kind === "number" ? "number" : "";
  const shown = element("div", { dir: "auto", class: look, "data-column": name }, text);
  hideBlankEnds(shown);
  const cell = element("dd", {}, shown);
  if (text.length > LONG) cell.append(fold(shown));
  return element("div", { class: "field" }, element("dt", {}, name), cell);
}

function fold(shown) {
  shown.classList.add("folded");
  const more = element("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Show all");
  more.addEventListener("click", () => {
    const open = !shown.classList.toggle("folded");
    more.textContent = open ? "Show less" : "Show all";
    more.setAttribute("aria-expanded", String(open));
  });
  return more;
}

// Values come as texts, since a number of JavaScript has not the digits of every number.
function words(value) {
  return value === null ? "no value" : value || "empty";
}
