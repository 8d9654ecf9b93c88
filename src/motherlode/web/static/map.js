// The map of the pool: every row a point, drawn pixel by pixel so that 100,000 do not stutter.

import { Refused, bytes, get, post } from "./api.js";
import { announce, byId, counted, element } from "./build.js";
import { drawRow } from "./row.js";

const project = JSON.parse(document.body.dataset.project);
const canvas = byId("canvas");
const pen = canvas.getContext("2d");
const STEPS = 65535;
const MOST = 500;
const CELLS = 128;
const NEAR = 9;
const OTHER = 255;

let places = null;       // Uint16Array: x and y of each row
let known = null;        // Uint8Array: label and score of each row
let cells = null;        // rows by cell of a grid, for hovering
let view = { x: 0, y: 0, size: 1 };
let drawing = 0;
let loop = null;         // corners of the lasso, in pixels
let pointer = null;
let pinch = null;
let frameNow = null;    // measured once a picture, not once a point

begin();

async function begin() {
  byId("told").textContent = "The map is being drawn.";
  for (;;) {
    try {
      places = new Uint16Array(await bytes("/api/map/places"));
      break;
    } catch (problem) {
      if (problem instanceof Refused) return void (byId("told").textContent = problem.message);
      await new Promise((done) => setTimeout(done, 1500));
    }
  }
  known = new Uint8Array(await bytes("/api/map/known?wait=true"));
  sort();
  byId("told").textContent = `${counted(places.length / 2)} rows. Rows that are alike lie near each other.`;
  new ResizeObserver(redraw).observe(byId("plane"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
  setInterval(look, 5000);
  redraw();
}

async function look() {
  if (document.hidden) return;
  try {
    known = new Uint8Array(await bytes("/api/map/known"));
    redraw();
  } catch {
    // The colours stay until the server is back.
  }
}

function sort() {
  const n = places.length / 2;
  const of = (row) => (places[2 * row] >> 9) + CELLS * (places[2 * row + 1] >> 9);
  const starts = new Uint32Array(CELLS * CELLS + 1);
  for (let row = 0; row < n; row++) starts[of(row) + 1]++;
  for (let i = 0; i < CELLS * CELLS; i++) starts[i + 1] += starts[i];
  const rows = new Uint32Array(n);
  const filled = starts.slice();
  for (let row = 0; row < n; row++) rows[filled[of(row)]++] = row;
  cells = { starts, rows };
}

// Drawing -----------------------------------------------------------------------------------

function redraw() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

function draw() {
  if (!places) return;
  frameNow = frame();
  const ratio = devicePixelRatio || 1;
  const { width, height } = frameNow;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const image = pen.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const palette = colours();
  const n = places.length / 2;
  const size = Math.max(2, Math.round(ratio * Math.min(6, (n > 20000 ? 2 : 3) + Math.log2(view.size) / 2)));
  const byLabel = byId("colour").value === "label";
  for (const labelled of [false, true]) {
    for (let row = 0; row < n; row++) {
      const label = known[2 * row];
      if ((label > 0) !== labelled) continue;
      const colour = byLabel ? palette.of(label) : palette.score(known[2 * row + 1]);
      dot(pixels, row, labelled ? size + Math.round(2 * ratio) : size, colour, ratio);
    }
  }
  frameNow = null;
  pen.putImageData(image, 0, 0);
  if (loop) drawLoop(ratio, palette.accent);
  legend(byLabel);
}

function dot(pixels, row, size, colour, ratio) {
  const [px, py] = placeOf(row);
  const left = Math.round(px * ratio - size / 2);
  const top = Math.round(py * ratio - size / 2);
  if (left < 0 || top < 0 || left + size > canvas.width || top + size > canvas.height) return;
  for (let y = top; y < top + size; y++) pixels.fill(colour, y * canvas.width + left, y * canvas.width + left + size);
}

function drawLoop(ratio, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 2 * ratio;
  pen.beginPath();
  for (const [x, y] of loop) pen.lineTo(x * ratio, y * ratio);
  pen.closePath();
  pen.stroke();
}

function frame() {
  const { width, height } = canvas.getBoundingClientRect();
  return { width, height, scale: Math.min(width, height) * view.size };
}

function placeOf(row) {
  const { width, height, scale } = frameNow ?? frame();
  return [
    (places[2 * row] / STEPS - 0.5 - view.x) * scale + width / 2,
    (places[2 * row + 1] / STEPS - 0.5 - view.y) * scale + height / 2,
  ];
}

function colours() {
  const style = getComputedStyle(document.body);
  const read = (name) => style.getPropertyValue(name).trim();
  const classes = project.classes.map((_, i) => number(read(`--c${i % 9}`)));
  const none = number(read("--edge"));
  const other = number(read("--soft"));
  const [low, high] = [rgb(read("--edge")), rgb(read("--c1"))];
  const ramp = Array.from({ length: 256 }, (_, i) => packed(low.map((c, k) => Math.round(c + ((high[k] - c) * i) / 255))));
  return {
    accent: read("--accent"),
    of: (label) => (label === 0 ? none : label === OTHER ? other : classes[label - 1]),
    score: (score) => ramp[score],
  };
}

function rgb(text) {
  const hex = text.length === 4 ? text.replace(/[0-9a-f]/gi, "$&$&") : text;
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function packed([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function number(text) {
  return packed(rgb(text));
}

function legend(byLabel) {
  const said = byLabel ? "label" : "score";
  if (legend.said === said) return;
  legend.said = said;
  const line = (name, kind) => element("li", { class: `swatch ${kind}` }, name);
  const towards = project.minority ?? project.classes.at(-1);
  byId("legend").replaceChildren(...(byLabel
    ? [...project.classes.map((label, i) => line(label, `c${i % 9}`)), line("skipped, unsure", "")]
    : [line(`the likelier ${towards}, the stronger`, "c1")]));
}

// Moving ------------------------------------------------------------------------------------

function zoom(by, x, y) {
  const { width, height, scale } = frame();
  const [cx, cy] = [x ?? width / 2, y ?? height / 2];
  const size = Math.min(200, Math.max(0.8, view.size * by));
  const after = (scale / view.size) * size;
  view.x += (cx - width / 2) * (1 / scale - 1 / after);
  view.y += (cy - height / 2) * (1 / scale - 1 / after);
  view.size = size;
  byId("tip").hidden = true;
  redraw();
}

function move(dx, dy) {
  const { scale } = frame();
  view.x -= dx / scale;
  view.y -= dy / scale;
  redraw();
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });

const touching = new Map();
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  touching.set(event.pointerId, [event.offsetX, event.offsetY]);
  pointer = [event.offsetX, event.offsetY];
  pinch = touching.size === 2 ? spread() : null;
  if (lassoing() && touching.size === 1) loop = [pointer];
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
    // Browsers gather the steps of a quick hand into one event.
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
    pointer = [event.offsetX, event.offsetY];
    if (!loop) return;
    const corners = loop;
    loop = null;
    redraw();
    if (kind === "pointerup" && corners.length > 2) ask(inside(corners));
  });
}
canvas.addEventListener("pointerleave", () => (byId("tip").hidden = true));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog")) return;
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
  view = { x: 0, y: 0, size: 1 };
  redraw();
});
byId("colour").addEventListener("change", redraw);
byId("lasso").addEventListener("click", () => {
  const on = !lassoing();
  byId("lasso").setAttribute("aria-pressed", String(on));
  byId("plane").classList.toggle("lasso", on);
});

function lassoing() {
  return byId("lasso").getAttribute("aria-pressed") === "true";
}

function spread() {
  const [[a, b], [c, d]] = [...touching.values()];
  return Math.max(1, Math.hypot(a - c, b - d));
}

// Rows --------------------------------------------------------------------------------------

let shownRow = null;

function hover([x, y]) {
  const row = nearest(x, y);
  if (row === shownRow) return;
  shownRow = row;
  clearTimeout(hover.timer);
  const tip = byId("tip");
  if (row === null) return void (tip.hidden = true);
  hover.timer = setTimeout(() => show(row, x, y), 90);
}

async function show(row, x, y) {
  const found = await get(`/api/rows/${row}`).catch(() => null);
  if (!found || shownRow !== row) return;
  const tip = byId("tip");
  tip.replaceChildren(element("strong", {}, `Row ${found.id}`), drawRow(found, project));
  tip.hidden = false;
  const { width, height } = frame();
  tip.style.left = `${Math.max(8, Math.min(x + 14, width - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(8, Math.min(y + 14, height - tip.offsetHeight - 8))}px`;
}

function nearest(x, y) {
  if (!cells) return null;
  const { width, height, scale } = frame();
  const cell = (at, along, middle) => Math.floor((((at - along / 2) / scale + 0.5 + middle) * STEPS) / 512);
  const [left, right] = [cell(x - NEAR, width, view.x), cell(x + NEAR, width, view.x)];
  const [top, bottom] = [cell(y - NEAR, height, view.y), cell(y + NEAR, height, view.y)];
  let best = null;
  let least = NEAR * NEAR;
  for (let j = Math.max(0, top); j <= Math.min(CELLS - 1, bottom); j++) {
    for (let i = Math.max(0, left); i <= Math.min(CELLS - 1, right); i++) {
      const at = i + CELLS * j;
      for (let k = cells.starts[at]; k < cells.starts[at + 1]; k++) {
        const [px, py] = placeOf(cells.rows[k]);
        const far = (px - x) ** 2 + (py - y) ** 2;
        if (far < least) [best, least] = [cells.rows[k], far];
      }
    }
  }
  return best;
}

function inside(corners) {
  const found = [];
  frameNow = frame();
  for (let row = 0; row < places.length / 2; row++) {
    if (known[2 * row]) continue;
    const [x, y] = placeOf(row);
    let within = false;
    for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
      const [[ax, ay], [bx, by]] = [corners[i], corners[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
    }
    if (within) found.push(row);
  }
  frameNow = null;
  return found;
}

byId("view").addEventListener("click", () => {
  const { width, height } = frame();
  ask(inside([[0, 0], [width, 0], [width, height], [0, height]]));
});

async function ask(rows) {
  if (!rows.length) return announce("There is no row to ask there.");
  // The likeliest first, if there are more than can be asked at once.
  const few = rows.sort((a, b) => known[2 * b + 1] - known[2 * a + 1]).slice(0, MOST);
  try {
    const { rows: taken } = await post("/api/map/first", { rows: few });
    const left = rows.length > few.length ? ` of ${counted(rows.length)}; ${MOST} are taken at once` : "";
    byId("told").textContent = `You are asked ${counted(taken.length)} rows first${left}.`;
    announce(byId("told").textContent);
  } catch (problem) {
    announce(problem.message);
  }
  return undefined;
}
