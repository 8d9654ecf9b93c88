// Why a row is asked, which is fetched a moment after the row is shown.

import { get } from "./api.js";
import { byId, counted, element } from "./build.js";
import { summary, mark } from "./row.js";

const LOOK_DELAY = 150;
const RETRY_DELAY = 3000;
let timer = 0;

export function clearWhy() {
  clearTimeout(timer);
  byId("reason").textContent = "";
  byId("measures").hidden = true;
  byId("measure").textContent = "";
  byId("facts").replaceChildren();
  byId("pushes").replaceChildren();
  byId("nearest").replaceChildren();
}

export function showWhy(row, project, isCurrent) {
  clearWhy();
  byId("reason").textContent = sentence(row);
  timer = setTimeout(() => fetchWhy(row, project, isCurrent), LOOK_DELAY);
}

async function fetchWhy(row, project, isCurrent) {
  let found;
  try {
    const asked = row.model_version ? `?model_version=${row.model_version}` : "";
    found = await get(`/api/rows/${row.row}/why${asked}`);
  } catch {
    return;
  }
  if (!isCurrent()) return;
  if (!found.ready) timer = setTimeout(() => fetchWhy(row, project, isCurrent), RETRY_DELAY);
  showFacts(row, found);
  showPushes(found);
  showNearest(found.nearest, project);
  mark(found.spans);
}

function sentence({ reason }) {
  if (!reason) return "You have answered this row, and look back at it.";
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}

function showFacts(row, found) {
  const facts = [];
  if (row.strategy) facts.push(["Strategy", row.strategy]);
  if (typeof row.utility === "number") facts.push(["Its score", row.utility.toPrecision(3)]);
  if (row.model_version) facts.push(["Model", modelAge(found)]);
  if (found.score !== null) facts.push([`A linear model of the labels, which did not ask: ${found.towards}`, `${Math.round(100 * found.score)} in 100`]);
  byId("measure").textContent = row.measure ?? "";
  byId("measures").hidden = !facts.length && !row.measure;
  byId("facts").replaceChildren(...facts.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function modelAge({ answers_since: behind, model_seconds: seconds }) {
  const since = behind === 1 ? "1 answer ago" : `${counted(behind)} answers ago`;
  const when = seconds === null ? "" : `, ${duration(seconds)} old`;
  return behind === 0 ? `knows every answer${when}` : `made ${since}${when}`;
}

function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function showPushes({ pushes, towards }) {
  const place = byId("pushes");
  if (!pushes.length) return place.replaceChildren();
  const most = Math.max(...pushes.map(([, weight]) => Math.abs(weight)));
  const list = element("ul", { class: "pushes" });
  for (const [name, weight] of pushes) {
    const side = weight > 0 ? "for" : "against";
    const bar = element("meter", { min: 0, max: most, value: Math.abs(weight), "aria-hidden": "true" });
    const direction = element("span", { class: "aside" }, weight > 0 ? "for" : "against");
    list.append(element("li", { class: side }, element("span", { dir: "auto", class: "what" }, name), bar, direction));
  }
  place.replaceChildren(element("h2", {}, `For and against ${towards}`), list);
  return undefined;
}

function showNearest(nearest, project) {
  const place = byId("nearest");
  if (!nearest.length) return place.replaceChildren();
  const list = element("ul", { class: "nearest" });
  for (const row of nearest) {
    const text = element("span", { dir: "auto", class: "what" });
    if (row.image) text.append(element("img", { src: row.image, alt: "", class: "thumb" }));
    text.append(summary(row, project, 120) || String(row.id));
    const place = project.classes.indexOf(row.label);
    list.append(element("li", {}, element("span", { class: `tag c${place % 9}` }, row.label), text));
  }
  place.replaceChildren(element("h2", {}, "Nearest labelled rows"), list);
  return undefined;
}
