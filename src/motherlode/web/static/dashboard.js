// The dashboard, which is drawn again after each change.

import { Answering } from "./answering.js";
import { ROOT, get, me, text } from "./api.js";
import { byId, element } from "./build.js";
import { setUpDisplay } from "./display.js";
import { drawAnew } from "./forms.js";
import { setUpStated, showStated } from "./stated.js";

const project = JSON.parse(document.body.dataset.project);
const DRAW_DELAY = 700; // from a change until it is drawn; more changes meanwhile do not delay it
const RETRY_DELAY = 1500; // until the server is asked again for figures that are not ready
const FOLLOW_DELAY = 5000; // until a feed that was refused is asked for again
let timer = 0;
let drawing = false;
let disagreeing = null;
let answering = null;

setUpStated();
follow();
if (byId("disagreements")) setUpAnswering();
else setUpDisplay(null);

async function setUpAnswering() {
  try {
    answering = new Answering(project, byId("disagreements"), await me(), { settles: true });
    drawDisagreements();
  } catch {
    setTimeout(setUpAnswering, FOLLOW_DELAY);
  }
}

function follow() {
  const events = new EventSource(`${ROOT}/api/events`);
  events.addEventListener("problem", (event) => showProblem(JSON.parse(event.data).detail));
  events.addEventListener("status", (event) => showStatus(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    // After an answer such as 503 it does not try again by itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, FOLLOW_DELAY);
  });
}

function showStatus(status) {
  showProblem("");
  drawSoon(DRAW_DELAY);
  showStated();
  if (answering && status.disagreements !== disagreeing) {
    disagreeing = status.disagreements;
    drawDisagreements();
  }
}

function showProblem(sentence) {
  const place = byId("problem");
  if (place.textContent === sentence) return;
  place.textContent = sentence;
  place.hidden = !sentence;
}

function drawSoon(wait) {
  timer ||= setTimeout(draw, wait);
}

async function draw() {
  clearTimeout(timer);
  timer = 0;
  if (document.hidden) return;
  if (drawing) {
    drawSoon(DRAW_DELAY);
    return;
  }
  drawing = true;
  try {
    drawAnew(byId("now"), await text("/dashboard/now"));
  } catch {
    // The figures stay until the server is back; EventSource tries again.
  } finally {
    drawing = false;
  }
  if (document.querySelector("#now [data-pending]")) drawSoon(RETRY_DELAY);
}

document.addEventListener("visibilitychange", draw);

// The focus stays on its row, or goes to the one that took its place.
async function drawDisagreements() {
  const place = byId("disagreements");
  const { rows } = await get("/api/disagreements");
  const item = answering.here();
  const row = answering.wanted === null ? item?.dataset.row : String(answering.wanted);
  const at = [...place.children].indexOf(item);
  answering.clear();
  const items = rows.map((one) => answering.draw(one, { above: [listOpinions(one)] }));
  place.replaceChildren(...items);
  if (!items.length) place.append(element("li", { class: "hint" }, "There are none."));
  const back = items.find((one) => one.dataset.row === row);
  if (back) answering.wanted = null;
  if (back || item) (back ?? items[Math.min(at, items.length - 1)])?.focus();
}

function listOpinions(row) {
  const list = element("ul", { class: "nearest" });
  for (const answer of row.answers) {
    const place = project.classes.indexOf(answer.label);
    const note = element("span", {}, answer.annotator, answer.note ? `: ${answer.note}` : "");
    list.append(element("li", {}, element("span", { class: place < 0 ? "tag" : `tag c${place % 9}` }, answer.label ?? answer.kind), note));
  }
  return list;
}
