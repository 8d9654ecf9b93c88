// Draw a row: its text, its image, or its fields in reading order.

import { element } from "./build.js";

const LONG = 600;
const MOST_MARKS = 600;
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 8 });

export function drawRow(row, project) {
  const made = document.createDocumentFragment();
  // A list where the order matters: an object puts names that are whole numbers first.
  const fields = new Map(Array.isArray(row.content) ? row.content : Object.entries(row.content));
  if (row.image) made.append(picture(row));
  if (project.kind === "text") {
    const main = project.columns[0];
    made.append(element("p", { class: "text", dir: "auto", id: "row-text" }, words(fields.get(main))));
    fields.delete(main);
  }
  if (project.kind === "image") fields.delete(project.columns[0]);
  if (fields.size) {
    const list = element("dl", { class: "fields" });
    for (const [name, value] of fields) list.append(field(name, value));
    made.append(list);
  }
  return made;
}

export function preload(row) {
  if (row.image) new Image().src = row.image;
}

export function summary(row, project, most = 240) {
  const { content } = row;
  if (project.kind === "text") return cut(words(content[project.columns[0]]), most);
  const hidden = project.kind === "image" ? project.columns[0] : null;
  const shown = Object.entries(content).filter(([name, value]) => value !== null && name !== hidden);
  return cut(shown.map(([name, value]) => `${name}: ${words(value)}`).join(" · "), most);
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

export function mark(pushes) {
  const place = document.getElementById("row-text");
  if (!place || !pushes.length) return;
  const text = place.textContent;
  const made = document.createDocumentFragment();
  let at = 0;
  for (const [start, end, weight] of pushes.slice(0, MOST_MARKS)) {
    made.append(text.slice(at, start));
    made.append(element("mark", { class: weight > 0 ? "for" : "against" }, text.slice(start, end)));
    at = end;
  }
  made.append(text.slice(at));
  place.replaceChildren(made);
}

function picture(row) {
  const image = element("img", { src: row.image, alt: `Image of row ${row.id}`, class: "picture" });
  image.addEventListener("error", () => {
    image.replaceWith(element("p", { class: "broken" }, "The image of this row can’t be shown."));
  });
  return image;
}

function field(name, value) {
  const text = words(value);
  const kind = value === null || value === "" ? "gap" : typeof value === "number" ? "number" : "";
  const shown = element("div", { dir: "auto", class: kind }, text);
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

function words(value) {
  if (value === null || value === undefined) return "no value";
  if (typeof value === "number") return NUMBER.format(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? "empty" : String(value);
}
