// The map as a list, for users who cannot see it or use no mouse: what is in view, a closer look at
// any part of it, and rows to ask first, as with the lasso.

import { get } from "./api.js";
import { counted, element } from "./build.js";
import { bandOf, bandsOf, inWords } from "./likely.js";
import { summary } from "./row.js";

const DOWN = ["top", "middle", "bottom"];
const ALONG = ["left", "centre", "right"];
const FEW = 20;

// Nine parts of the view, as {name, rows, labelled, positiveClass, likely, example, at}; empty ones
// left out. likely: how many are among the likeliest of all rows.
export function regions(plane, codes) {
  const { width, height } = plane.frame();
  const bands = bandsOf(plane.atLevel);
  const parts = DOWN.flatMap((down, j) => ALONG.map((along, i) => ({
    name: down === "middle" && along === "centre" ? "centre" : `${down} ${along}`,
    rows: [], labelled: 0, positiveClass: 0, likely: 0, best: -1, example: null,
    at: [((i + 0.5) * width) / 3, ((j + 0.5) * height) / 3],
  })));
  plane.each((row, x, y) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const part = parts[Math.floor((3 * x) / width) + 3 * Math.floor((3 * y) / height)];
    const [label, score] = [plane.known[2 * row], plane.known[2 * row + 1]];
    part.rows.push(row);
    if (label) part.labelled++;
    if (codes.includes(label)) part.positiveClass++;
    if (score && bandOf(score, plane.n, bands) <= named(bands)) part.likely++;
    // The example of a part is its likeliest row without a label.
    const worth = label ? -1 : score;
    if (worth > part.best || part.example === null) [part.best, part.example] = [worth, row];
  });
  return parts.filter((part) => part.rows.length);
}

// The band that the list counts: the likeliest 1 % of many rows, 10 % of few.
function named(bands) {
  return Math.max(0, bands.findIndex(({ share }) => share >= 0.01));
}

// place: where the table goes; act: {closer(part), ask(rows), open(row)}
export function drawRegions(place, plane, project, positiveClasses, act) {
  const parts = regions(plane, positiveClasses.map((name) => project.classes.indexOf(name) + 1));
  const towards = positiveClasses.join(" or ");
  const all = parts.flatMap((part) => part.rows);
  const few = all.length <= FEW;
  const bands = bandsOf(plane.atLevel);
  const likeliest = bands[named(bands)];
  const heads = few ? ["Row", "Label", `Likely ${towards}`, "What it is", "Act"]
    : ["Where", "Rows", "Labelled", `${towards} found`, likeliest ? `Among the ${likeliest.name}` : "Ranked", "Its likeliest row", "Act"];
  const body = element("tbody");
  body.append(...(few ? all.map((row) => rowLine(row, plane, project, act)) : parts.map((part) => partLine(part, plane, project, act))));
  const caption = element("caption", {}, all.length ? `${counted(all.length)} rows in view` : "No row is in view");
  const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col" }, name)));
  const { of } = place.contains(document.activeElement) ? document.activeElement.dataset : {};
  place.replaceChildren(element("table", { class: "figures" }, caption, element("thead", {}, head), body));
  if (of) (place.querySelector(`[data-of="${of}"]`) ?? place).focus();
}

function partLine(part, plane, project, act) {
  const open = part.rows.filter((row) => !plane.known[2 * row]);
  const make = (text, said, run) => button(text, `${said} the ${part.name}`, part.name, run);
  const closer = make("Look closer", "Look closer at", () => act.closer(part));
  const ask = make("Ask first", "Ask first: the rows at", () => act.ask(open));
  const look = make("Open", "Open the likeliest row at", () => act.open(part.example));
  ask.disabled = !open.length;
  return element("tr", {},
    element("th", { scope: "row" }, part.name),
    figure(counted(part.rows.length)), figure(counted(part.labelled)), figure(counted(part.positiveClass)),
    figure(counted(part.likely)),
    element("td", {}, example(part.example, project)), element("td", {}, closer, ask, look));
}

function rowLine(row, plane, project, act) {
  const label = plane.known[2 * row];
  const said = label ? project.classes[label - 1] ?? "not settled" : "none";
  const ask = button("Ask first", "Ask this row first", row, () => act.ask([row]));
  ask.disabled = Boolean(label);
  const look = button("Open", "Open this row", row, () => act.open(row));
  const name = element("th", { scope: "row" }, "…");
  const content = example(row, project, (id) => {
    name.textContent = id;
    ask.setAttribute("aria-label", `Ask row ${id} first`);
    look.setAttribute("aria-label", `Open row ${id}`);
  });
  return element("tr", {}, name, element("td", {}, said), element("td", {}, inWords(plane.known[2 * row + 1], plane.n)),
    element("td", {}, content), element("td", {}, ask, look));
}

function example(row, project, tell = () => {}) {
  const place = element("span", { class: "example", dir: "auto" });
  get(`/api/rows/${row}`).then((found) => {
    tell(found.id);
    if (found.image) place.append(element("img", { src: found.image, alt: "", class: "thumb" }));
    place.append(summary(found, project, 120) || `Row ${found.id}`);
  }).catch(() => place.append("It can’t be shown now."));
  return place;
}

function figure(text) {
  return element("td", { class: "n" }, text);
}

// of: what it is about, which stays while the list is drawn anew
function button(text, said, of, run) {
  const made = element("button", { type: "button", class: "quiet", "aria-label": said, "data-of": `${text} ${of}` }, text);
  made.addEventListener("click", run);
  return made;
}
