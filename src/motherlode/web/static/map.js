// The map of the pool: move, zoom, point at rows, and put some at the head of the queue.

import { Refused, bytes, get, post } from "./api.js";
import { announce, byId, counted, element } from "./build.js";
import { Plane } from "./plane.js";
import { drawRegions } from "./regions.js";
import { drawRow } from "./row.js";

const project = JSON.parse(document.body.dataset.project);
const positiveClasses = project.positiveClasses.length ? project.positiveClasses : project.classes.slice(-1);
const towards = positiveClasses.join(" or ");
const canvas = byId("canvas");
const MOST = 100;
const Numbers = project.classes.length > 253 ? Uint16Array : Uint8Array; // as the server sends them
const OTHER = 2 ** (8 * Numbers.BYTES_PER_ELEMENT) - 1;
const LIST_DELAY = 300;

let plane = null;
let drawing = 0;
let listing = 0;
let loop = null;         // corners of the lasso, in pixels of the page
let pointer = null;
let pinch = null;

begin();

async function begin() {
  byId("message").textContent = "The map is being drawn.";
  const places = await fetchPlaces();
  plane = new Plane(canvas, new Uint16Array(places), await fetchKnown("?wait=true"));
  byId("message").textContent = `${counted(plane.n)} rows. Similar rows are near each other.`;
  new ResizeObserver(redraw).observe(byId("plane"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
  setInterval(refresh, 5000);
  redraw();
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
  try {
    const known = await fetchKnown();
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
  plane.draw(byLabel ? labelColours(read) : scoreColours(read), byLabel);
  if (loop) plane.outline(loop, read("--accent"));
  legend(byLabel);
}

function labelColours(read) {
  const colours = new Uint32Array(OTHER + 1).fill(pixel(rgb(read("--edge"))));
  project.classes.forEach((_, i) => (colours[i + 1] = pixel(rgb(read(`--c${i % 9}`)))));
  colours[OTHER] = pixel(rgb(read("--soft")));
  return colours;
}

function scoreColours(read) {
  const [low, high] = [rgb(read("--edge")), rgb(read("--c1"))];
  return Uint32Array.from({ length: 256 }, (_, i) => pixel(low.map((c, k) => Math.round(c + ((high[k] - c) * i) / 255))));
}

function rgb(text) {
  const hex = text.length === 4 ? text.replace(/[0-9a-f]/gi, "$&$&") : text;
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function pixel([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function legend(byLabel) {
  const shown = byLabel ? "label" : "score";
  if (legend.shown === shown) return;
  legend.shown = shown;
  const line = (name, kind) => element("li", { class: `swatch ${kind}` }, name);
  byId("legend").replaceChildren(...(byLabel
    ? [...project.classes.map((label, i) => line(label, `c${i % 9}`)), line("skipped, unsure, disputed", "")]
    : [line(`the likelier ${towards}, the stronger`, "c1")]));
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
  drawRegions(byId("regions"), plane, project, positiveClasses, { ask, closer });
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
  loop = pressed("lasso") && touching.size === 1 ? [pointer] : null;
});
canvas.addEventListener("pointermove", (event) => {
  const at = [event.offsetX, event.offsetY];
  if (!touching.has(event.pointerId)) return hover(at);
  touching.set(event.pointerId, at);
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
    if (!loop) return;
    const corners = loop;
    loop = null;
    redraw();
    if (kind === "pointerup" && corners.length > 2) ask(plane.inside(corners));
  });
}
canvas.addEventListener("pointerleave", () => hover(null));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog, #regions")) return;
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
  const row = at && plane ? plane.nearest(...at) : null;
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
  tip.replaceChildren(element("strong", {}, `Row ${found.id}`), drawRow(found, project));
  tip.hidden = false;
  const { width, height } = plane.frame();
  const beside = (at, own, whole) => Math.max(8, at + own + 22 > whole ? at - own - 14 : at + 14);
  tip.style.left = `${beside(x, tip.offsetWidth, width)}px`;
  tip.style.top = `${beside(y, tip.offsetHeight, height)}px`;
}

byId("view").addEventListener("click", () => {
  if (!plane) return;
  const { width, height } = plane.frame();
  ask(plane.inside([[0, 0], [width, 0], [width, height], [0, height]]));
});

async function ask(rows) {
  if (!rows.length) return announce("There is no row to ask there.");
  // The likeliest first, if there are more than can be asked at once.
  const few = rows.sort((a, b) => plane.known[2 * b + 1] - plane.known[2 * a + 1]).slice(0, MOST);
  try {
    const { rows: first } = await post("/api/map/first", { rows: few });
    const left = rows.length > few.length ? ` of ${counted(rows.length)}; ${MOST} are asked at most` : "";
    byId("message").textContent = `You are asked ${counted(first.length)} ${first.length === 1 ? "row" : "rows"} first${left}.`;
    announce(byId("message").textContent);
  } catch (problem) {
    announce(problem.message);
  }
  return undefined;
}
