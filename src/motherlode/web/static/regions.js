// The map as a list, for users who cannot see it or use no mouse: what is in view, a closer look at
// any part of it, and rows to ask first, as with the lasso.

import { get } from "./api.js";
import { counted, element } from "./build.js";
import { summary } from "./row.js";

const DOWN = ["top", "middle", "bottom"];
const ALONG = ["left", "centre", "right"];
const FEW = 20;

// Nine parts of the view, as {name, rows, labelled, positiveClass, score, example, at}; empty ones left out.
export function regions(plane, codes) {
  const { width, height } = plane.frame();
  const parts = DOWN.flatMap((down, j) => ALONG.map((along, i) => ({
    name: down === "middle" && along === "centre" ? "centre" : `${down} ${along}`,
    rows: [], labelled: 0, positiveClass: 0, score: 0, best: -1, example: null,
    at: [((i + 0.5) * width) / 3, ((j + 0.5) * height) / 3],
  })));
  plane.each((row, x, y) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const part = parts[Math.floor((3 * x) / width) + 3 * Math.floor((3 * y) / height)];
    const [label, score] = [plane.known[2 * row], plane.known[2 * row + 1]];
    part.rows.push(row);
    if (label) part.labelled++;
    if (codes.includes(label)) part.positiveClass++;
    part.score += score;
    // The example of a part is its likeliest row without a label.
    const worth = label ? -1 : score;
    if (worth > part.best || part.example === null) [part.best, part.example] = [worth, row];
  });
  return parts.filter((part) => part.rows.length);
}

// place: where the table goes; act: {closer(part), ask(rows)}
export function drawRegions(place, plane, project, positiveClasses, act) {
  const parts = regions(plane, positiveClasses.map((name) => project.classes.indexOf(name) + 1));
  const towards = positiveClasses.join(" or ");
  const all = parts.flatMap((part) => part.rows);
  const few = all.length <= FEW;
  const heads = few ? ["Row", "Label", `Likely ${towards}`, "What it is", "Act"]
    : ["Where", "Rows", "Labelled", `${towards} found`, `Likely ${towards}`, "Its likeliest row", "Act"];
  const body = element("tbody");
  body.append(...(few ? all.map((row) => rowLine(row, plane, project, act)) : parts.map((part) => partLine(part, plane, project, act))));
  const caption = element("caption", {}, all.length ? `${counted(all.length)} rows in view` : "No row is in view");
  const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col" }, name)));
  const focused = place.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  place.replaceChildren(element("table", { class: "figures" }, caption, element("thead", {}, head), body));
  if (focused) (place.querySelector(`button[aria-label="${CSS.escape(focused)}"]`) ?? place).focus();
}

function partLine(part, plane, project, act) {
  const open = part.rows.filter((row) => !plane.known[2 * row]);
  const closer = button("Look closer", `Look closer at the ${part.name}`, () => act.closer(part));
  const ask = button("Ask first", `Ask the rows at the ${part.name} first`, () => act.ask(open));
  ask.disabled = !open.length;
  return element("tr", {},
    element("th", { scope: "row" }, part.name),
    figure(counted(part.rows.length)), figure(counted(part.labelled)), figure(counted(part.positiveClass)),
    figure(likely(part.score / part.rows.length)),
    element("td", {}, example(part.example, project)), element("td", {}, closer, ask));
}

function rowLine(row, plane, project, act) {
  const label = plane.known[2 * row];
  const said = label ? project.classes[label - 1] ?? "not settled" : "none";
  const ask = button("Ask first", `Ask row ${row} first`, () => act.ask([row]));
  ask.disabled = Boolean(label);
  const name = element("th", { scope: "row" }, String(row));
  return element("tr", {}, name, element("td", {}, said), figure(likely(plane.known[2 * row + 1])),
    element("td", {}, example(row, project, name)), element("td", {}, ask));
}

function example(row, project, name) {
  const place = element("span", { class: "example", dir: "auto" });
  get(`/api/rows/${row}`).then((found) => {
    if (name) name.textContent = found.id;
    if (found.image) place.append(element("img", { src: found.image, alt: "", class: "thumb" }));
    place.append(summary(found, project, 120) || `Row ${found.id}`);
  }).catch(() => place.append(`Row ${row}`));
  return place;
}

function likely(score) {
  return score < 1 ? "–" : `${Math.round((100 * (score - 1)) / 254)} %`;
}

function figure(text) {
  return element("td", { class: "n" }, text);
}

function button(text, said, run) {
  const made = element("button", { type: "button", class: "quiet", "aria-label": said }, text);
  made.addEventListener("click", run);
  return made;
}
