// The dashboard: drawn anew whenever the server tells of a change.

import { get, post, randomKey, text } from "./api.js";
import { announce, byId, element } from "./build.js";
import { press, result } from "./results.js";

const project = JSON.parse(document.body.dataset.project);
const CALM = 700; // from a change to its drawing; further changes meanwhile do not put it off
const WORKING = 1500; // until the server is asked again for figures that it still works out
let timer = 0;
let drawing = false;
let disagreeing = null;

const events = new EventSource("/api/events");
events.addEventListener("status", (event) => {
  const status = JSON.parse(event.data);
  soon(CALM);
  if (byId("disagreements") && status.disagreements !== disagreeing) {
    disagreeing = status.disagreements;
    drawDisagreements();
  }
});

function soon(wait) {
  timer ||= setTimeout(draw, wait);
}

async function draw() {
  clearTimeout(timer);
  timer = 0;
  if (document.hidden) return;
  if (drawing) {
    soon(CALM);
    return;
  }
  drawing = true;
  try {
    // Our own server's HTML, in which names are escaped; the policy lets no script in it run.
    byId("now").innerHTML = await text("/dashboard/now");
  } catch {
    // The figures stay until the server is back; EventSource keeps trying.
  } finally {
    drawing = false;
  }
  if (document.querySelector("#now [data-pending]")) soon(WORKING);
}

document.addEventListener("visibilitychange", draw);

async function drawDisagreements() {
  const place = byId("disagreements");
  const { rows } = await get("/api/disagreements");
  const items = rows.map((row) => result(row, project, { choose: settle, said: [opinions(row)] }));
  place.replaceChildren(...items);
  if (!items.length) place.append(element("li", { class: "hint" }, "There are none."));
}

function opinions(row) {
  const list = element("ul", { class: "nearest" });
  for (const answer of row.answers) {
    const place = project.classes.indexOf(answer.label);
    const said = element("span", {}, answer.annotator, answer.note ? `: ${answer.note}` : "");
    list.append(element("li", {}, element("span", { class: place < 0 ? "tag" : `tag c${place % 9}` }, answer.label ?? answer.kind), said));
  }
  return list;
}

async function settle(row, label, item) {
  try {
    await post("/api/labels", { labels: [{ row: row.row, label, channel: "settle", key: randomKey() }] });
    press(item, label);
    announce(`Row ${row.id} is ${label}.`);
  } catch (problem) {
    announce(problem.message);
  }
}
