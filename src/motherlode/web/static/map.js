// The map of the pool: move, zoom, point at rows, and put some at the head of the queue.

import { ROOT, Refused, bytes, get, post } from "./api.js";
import { announce, byId, counted, element } from "./build.js";
import { showChosen } from "./chosen.js";
import { bandOf, bandsOf, inWords } from "./likely.js";
import { Plane } from "./plane.js";
import { drawRegions } from "./regions.js";
import { drawRow } from "./row.js";

const project = JSON.parse(document.body.dataset.project);
const positiveClasses = project.positiveClasses.length ? project.positiveClasses : project.classes.slice(-1);
const towards = positiveClasses.join(" or ");
const canvas = byId("canvas");
const MOST = 5000;
const TAP = 8;           // pixels that a finger may slip
const FINGER = 24;       // how near a tap has to be
const Numbers = project.classes.length > 252 ? Uint16Array : Uint8Array; // as the server sends them
const MOST_LABEL = 2 ** (8 * Numbers.BYTES_PER_ELEMENT) - 1;
const OTHERS = [["disputed", "--ink"], ["unsure", "--accent"], ["skipped", "--soft"]]; // from MOST_LABEL down
const LIST_DELAY = 300;

let plane = null;
let drawing = 0;
let listing = 0;
let loop = null;         // corners of the lasso, in pixels of the page
let pointer = null;
let pinch = null;
let tapped = null;       // where one finger or the mouse went down, until it moves

begin();

async function begin() {
  byId("message").textContent = "The map is being drawn.";
  const places = await fetchPlaces();
  plane = new Plane(canvas, new Uint16Array(places), await fetchKnown("?wait=true"));
  sayWhole();
  new ResizeObserver(redraw).observe(byId("plane"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
  setInterval(refresh, 5000);
  showChosen(byId("chosen"), sayWhole);
  redraw();
}

function sayWhole() {
  byId("message").textContent = `${counted(plane.n)} rows. Similar rows are near each other.`;
}

async function fetchPlaces() {
  for (;;) {
    try {
      return await bytes("/api/map/places");
    } catch (problem) {
      byId("message").textContent = problem.message;
      if (problem instanceof Refused) throw problem;
      await new Promise((done) => setTimeout(done, 1500));
    }
  }
}

async function fetchKnown(how = "") {
  return new Numbers(await bytes(`/api/map/known${how}`));
}

async function refresh() {
  if (document.hidden) return;
  showChosen(byId("chosen"), sayWhole);
  try {
    const known = await fetchKnown();
    if (known.length !== plane.known.length) return location.reload(); // rows were added
    if (known.every((value, i) => value === plane.known[i])) return;
    plane.learn(known);
    redraw();
  } catch {
    // The colours stay until the server is back.
  }
}

// Drawing -----------------------------------------------------------------------------------

function redraw() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
  clearTimeout(listing);
  listing = setTimeout(list, LIST_DELAY);
}

function draw() {
  if (!plane) return;
  const byLabel = byId("colour").value === "label";
  const style = getComputedStyle(document.body);
  const read = (name) => style.getPropertyValue(name).trim();
  const lines = byLabel ? labelLines(read) : rankLines(read);
  const colours = new Uint32Array(MOST_LABEL + 1).fill(pixel(rgb(read("--edge"))));
  for (const { levels, colour } of lines) for (const level of levels) colours[level] = pixel(colour);
  plane.draw(colours, byLabel);
  if (loop) plane.outline(loop, read("--accent"));
  if (canvas.matches(":focus-visible")) plane.cross(read("--accent"));
  showLegend(lines, byLabel);
}

// The legend and the colours are one list: {name, levels, colour, rows}.
function labelLines(read) {
  const counts = countAt(0);
  const line = (name, level, colour) => ({ name, levels: [level], colour: rgb(read(colour)), rows: counts[level] });
  const classes = project.classes.map((label, i) => line(label, i + 1, `--c${i % 9}`));
  const others = OTHERS.map(([name, colour], i) => line(name, MOST_LABEL - i, colour)).filter(({ rows }) => rows);
  return [...classes, ...others.reverse(), line("no label", 0, "--edge")];
}

function rankLines(read) {
  const counts = plane.atLevel;
  const bands = bandsOf(counts);
  const lines = bands.map(({ name, rows }, i) => ({ name, rows, levels: [], colour: heat(read, i / Math.max(1, bands.length - 1)) }));
  for (let level = 1; level < 256; level++) lines[bandOf(level, plane.n, bands)]?.levels.push(level);
  const unknown = { name: "not ranked", levels: [0], colour: rgb(read("--line")), rows: counts[0] };
  if (counts[0] === plane.n) return [{ ...unknown, name: "not ranked yet: label rows of two classes first" }];
  return counts[0] ? [...lines, unknown] : lines;
}

// From the strongest colour, at 0, to that of rows without a label, at 1.
function heat(read, at) {
  const stops = ["--c5", "--c1", "--edge"].map((name) => rgb(read(name)));
  const from = at < 0.5 ? 0 : 1;
  return stops[from].map((c, k) => Math.round(c + (stops[from + 1][k] - c) * (2 * at - from)));
}

function countAt(place) {
  const counts = new Uint32Array(MOST_LABEL + 1);
  for (let row = 0; row < plane.n; row++) counts[plane.known[2 * row + place]]++;
  return counts;
}

function rgb(text) {
  const hex = text.length === 4 ? text.replace(/[0-9a-f]/gi, "$&$&") : text;
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function pixel([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function showLegend(lines, byLabel) {
  const shown = JSON.stringify([lines.map(({ name, colour, rows }) => [name, colour, rows])]);
  if (showLegend.shown === shown) return;
  showLegend.shown = shown;
  const items = lines.map(({ name, colour, rows }) => {
    const dot = element("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = `rgb(${colour.join(" ")})`;
    return element("li", {}, dot, element("span", {}, name, " ", element("span", { class: "n" }, counted(rows))));
  });
  if (!byLabel) items.unshift(element("li", {}, `Likely ${towards}:`));
  byId("legend").replaceChildren(...items);
}

// The same in words -------------------------------------------------------------------------

byId("as-list").addEventListener("click", () => {
  const on = toggled("as-list");
  byId("regions").hidden = !on;
  byId("plane").classList.toggle("behind", on);
  list();
});

function list() {
  if (!plane || byId("regions").hidden) return;
  drawRegions(byId("regions"), plane, project, positiveClasses, { ask, closer, open });
}

function closer({ name, at: [x, y] }) {
  const { width, height } = plane.frame();
  plane.move(width / 2 - x, height / 2 - y);
  zoom(3);
  list();
  byId("regions").focus();
  announce(`Closer to the ${name}.`);
}

// Moving ------------------------------------------------------------------------------------

function zoom(by, x, y) {
  if (!plane) return;
  plane.zoom(by, x, y);
  byId("tip").hidden = true;
  redraw();
}

function move(dx, dy) {
  if (!plane) return;
  plane.move(dx, dy);
  redraw();
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });

const touching = new Map();
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointer = [event.offsetX, event.offsetY];
  touching.set(event.pointerId, pointer);
  pinch = touching.size === 2 ? spread() : null;
  tapped = touching.size === 1 ? pointer : null;
  loop = plane && pressed("lasso") && touching.size === 1 ? [pointer] : null;
});
canvas.addEventListener("pointermove", (event) => {
  const at = [event.offsetX, event.offsetY];
  if (!touching.has(event.pointerId)) return hover(at);
  touching.set(event.pointerId, at);
  if (tapped && Math.hypot(at[0] - tapped[0], at[1] - tapped[1]) > TAP) tapped = null;
  if (tapped && !loop) return undefined;
  if (touching.size === 2) {
    const now = spread();
    zoom(now / pinch, at[0], at[1]);
    pinch = now;
  } else if (loop) {
    // Browsers join the steps of a quick movement into one event.
    const steps = event.getCoalescedEvents?.() ?? [];
    loop.push(...steps.map((step) => [step.offsetX, step.offsetY]), at);
    redraw();
  } else {
    move(at[0] - pointer[0], at[1] - pointer[1]);
    pointer = at;
  }
  return undefined;
});
for (const kind of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(kind, (event) => {
    touching.delete(event.pointerId);
    [pointer] = [...touching.values(), [event.offsetX, event.offsetY]];
    if (tapped && kind === "pointerup") tap(tapped, event.pointerType);
    tapped = null;
    if (!loop) return;
    const corners = loop;
    loop = null;
    redraw();
    if (kind === "pointerup" && corners.length > 2) ask(plane.inside(corners));
  });
}
canvas.addEventListener("pointerleave", () => hover(null));
for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, redraw);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog, #regions")) return;
  if (event.key === "Escape" && !byId("opened").hidden) return close();
  if (event.target.closest("#opened")) return;
  if (event.key === "Enter" && event.target === canvas) return openMiddle();
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (moves[event.key]) move(...moves[event.key]);
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "l") byId("lasso").click();
  else return;
  event.preventDefault();
});
byId("closer").addEventListener("click", () => zoom(1.6));
byId("farther").addEventListener("click", () => zoom(1 / 1.6));
byId("whole").addEventListener("click", () => {
  if (!plane) return;
  plane.view = { x: 0, y: 0, size: 1 };
  redraw();
});
byId("colour").addEventListener("change", redraw);
byId("lasso").addEventListener("click", () => byId("plane").classList.toggle("lasso", toggled("lasso")));

function pressed(id) {
  return byId(id).getAttribute("aria-pressed") === "true";
}

function toggled(id) {
  byId(id).setAttribute("aria-pressed", String(!pressed(id)));
  return pressed(id);
}

function spread() {
  const [[a, b], [c, d]] = [...touching.values()];
  return Math.max(1, Math.hypot(a - c, b - d));
}

// Rows --------------------------------------------------------------------------------------

let shownRow = null;

function hover(at) {
  const row = at && plane && byId("opened").hidden ? plane.nearest(...at) : null;
  if (row === shownRow) return;
  shownRow = row;
  clearTimeout(hover.timer);
  if (row === null) byId("tip").hidden = true;
  else hover.timer = setTimeout(() => show(row, ...at), 90);
}

async function show(row, x, y) {
  const found = await get(`/api/rows/${row}`).catch(() => null);
  if (!found || shownRow !== row) return;
  const tip = byId("tip");
  tip.replaceChildren(element("strong", {}, `Row ${found.id}`), element("p", { class: "hint" }, knownOf(row)), drawRow(found, project));
  tip.hidden = false;
  const { width, height } = plane.frame();
  const beside = (at, own, whole) => Math.max(8, at + own + 22 > whole ? at - own - 14 : at + 14);
  tip.style.left = `${beside(x, tip.offsetWidth, width)}px`;
  tip.style.top = `${beside(y, tip.offsetHeight, height)}px`;
}

function knownOf(row) {
  const [label, level] = [plane.known[2 * row], plane.known[2 * row + 1]];
  const said = !label ? "no label" : project.classes[label - 1] ?? OTHERS[MOST_LABEL - label][0];
  return level ? `${said} · likely ${towards}: ${inWords(level, plane.n)}` : said;
}

// A row that is opened stays on the page until it is closed.
function tap(at, kind) {
  const row = plane?.nearest(...at, kind === "touch" ? FINGER : undefined) ?? null;
  if (row === null) close(false);
  else open(row);
}

function openMiddle() {
  if (!plane) return;
  const { width, height } = plane.frame();
  const row = plane.nearest(width / 2, height / 2, Math.max(width, height));
  if (row === null) announce("No row is in view; the button Whole map shows all.");
  else open(row);
}

async function open(row) {
  const before = document.activeElement;
  hover(null);
  let found;
  try {
    found = await get(`/api/rows/${row}`);
  } catch (problem) {
    return announce(problem.message);
  }
  const place = byId("opened");
  const body = element("div", { class: "body", tabindex: "0", role: "group", "aria-label": `Content of row ${found.id}` }, drawRow(found, project));
  body.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
  const shut = element("button", { type: "button", class: "quiet" }, "Close");
  shut.addEventListener("click", () => close());
  const first = element("button", { type: "button" }, "Ask it first");
  first.disabled = Boolean(plane.known[2 * row]);
  first.addEventListener("click", () => ask([row]));
  const link = (words, query) => element("a", { href: `${ROOT}/search?${new URLSearchParams(query)}` }, words);
  place.replaceChildren(
    element("header", {}, element("h2", {}, `Row ${found.id}`), shut),
    element("p", { class: "hint" }, knownOf(row)), body,
    element("p", { class: "act" }, first, link("Label it in Search", { words: `"${found.id}"` }), link("More like it", { like: found.id })));
  place.hidden = false;
  open.from = place.contains(before) || before === document.body ? canvas : before;
  place.focus();
  return undefined;
}

function close(back = true) {
  if (byId("opened").hidden) return;
  byId("opened").hidden = true;
  if (back) (open.from?.isConnected ? open.from : canvas).focus();
}

byId("view").addEventListener("click", () => {
  if (!plane) return;
  const { width, height } = plane.frame();
  ask(plane.inside([[0, 0], [width, 0], [width, height], [0, height]]));
});

async function ask(rows) {
  if (!rows.length) return announce("There is no row without a label there.");
  // The likeliest first, which matters where not all can be asked.
  const few = rows.sort((a, b) => plane.known[2 * b + 1] - plane.known[2 * a + 1]).slice(0, MOST);
  try {
    const { rows: first } = await post("/api/map/first", { rows: few });
    byId("message").textContent = sayAsked(rows.length, few.length, first.length);
    announce(byId("message").textContent);
    showChosen(byId("chosen"), sayWhole);
  } catch (problem) {
    announce(problem.message);
  }
  return undefined;
}

function sayAsked(all, few, first) {
  const asked = `You are asked ${counted(first)} ${first === 1 ? "row" : "rows"} first, on the page Label.`;
  const others = few - first;
  const held = others ? ` ${counted(others)} ${others === 1 ? "is" : "are"} answered or asked by others.` : "";
  return asked + held + (all > few ? ` Of ${counted(all)} rows these are the likeliest ${counted(few)}.` : "");
}
