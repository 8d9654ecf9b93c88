// The answers that were given: found by what was said, when and of which rows, and corrected here.

import { answerResults } from "./answering.js";
import { get } from "./api.js";
import { byId, counted, dated, element } from "./build.js";
import { markSearched } from "./searched.js";

const project = JSON.parse(document.body.dataset.project);
const PAGE = 20;
const FIELDS = ["annotator", "words", "note", "tag", "from", "until"];
const form = byId("filters");
const query = () => new URLSearchParams(location.search);
let answering;
let asked = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  visit(readForm());
});
form.addEventListener("change", (event) => event.target.matches("select, [type=checkbox], [type=date]") && visit(readForm()));
byId("clear").addEventListener("click", () => visit(new URLSearchParams()));
byId("newer").addEventListener("click", () => turn(-PAGE));
byId("older").addEventListener("click", () => turn(PAGE));
addEventListener("popstate", restore);

begin();

async function begin() {
  fillForm(query());
  const find = { id: "find", name: "To the words", key: "/", run: () => byId("words").focus() };
  answering = await answerResults(project, [find]);
  show();
}

// What is asked for is in the address, so that a list can be kept, sent and found again.
function visit(wanted) {
  history.pushState(null, "", wanted.size ? `?${wanted}` : location.pathname);
  return restore();
}

async function turn(by) {
  const wanted = query();
  const start = Math.max(0, Number(wanted.get("start") ?? 0) + by);
  if (start) wanted.set("start", start);
  else wanted.delete("start");
  await visit(wanted);
  answering.go(1, null);
  scrollTo({ top: 0 });
}

function readForm() {
  const wanted = new URLSearchParams();
  const answer = byId("answer").selectedOptions[0].dataset;
  if (answer.kind) wanted.set(answer.kind, "true");
  if (answer.label) wanted.set("class", answer.label);
  for (const name of FIELDS) if (byId(name)?.value.trim()) wanted.set(name, byId(name).value.trim());
  if (byId("disputed").checked) wanted.set("disputed", "true");
  return wanted;
}

function fillForm(wanted) {
  const isIt = ({ dataset }) => (dataset.label ? wanted.get("class") === dataset.label : dataset.kind ? wanted.has(dataset.kind) : false);
  const at = [...byId("answer").options].findIndex(isIt);
  byId("answer").selectedIndex = Math.max(0, at);
  for (const name of FIELDS) if (byId(name)) byId(name).value = wanted.get(name) ?? "";
  byId("disputed").checked = wanted.has("disputed");
  if (["note", "tag", "from", "until", "disputed"].some((name) => wanted.has(name))) byId("more-filters").open = true;
}

// Days are those of the reader; the server knows times.
function request(wanted) {
  const sent = new URLSearchParams(wanted);
  const midnight = (day, later) => {
    const [year, month, date] = day.split("-").map(Number);
    const at = new Date(year, month - 1, date + later);
    return Number.isNaN(at.getTime()) ? day : at.toISOString();
  };
  if (wanted.get("from")?.length === 10) sent.set("from", midnight(wanted.get("from"), 0));
  if (wanted.get("until")?.length === 10) sent.set("until", midnight(wanted.get("until"), 1));
  sent.set("n", PAGE);
  return sent;
}

function restore() {
  fillForm(query());
  return show();
}

async function show() {
  if (!answering) return; // until it is known who asks
  const wanted = query(), ours = ++asked;
  byId("total").textContent = "Looking…";
  try {
    const { total, answers } = await get(`/api/answers?${request(wanted)}`);
    if (ours !== asked) return;
    answering.clear();
    byId("results").append(...answers.map(drawAnswer));
    markWords("words", ".body");
    markWords("note", ".note-given");
    showTotal(total, answers.length, wanted);
  } catch (problem) {
    if (ours !== asked) return;
    answering.clear();
    byId("total").textContent = problem.message;
    byId("pages").hidden = true;
  }
}

function markWords(field, part) {
  const words = query().get(field);
  if (words) byId("results").querySelectorAll(part).forEach((place) => markSearched(place, words));
}

function showTotal(total, here, wanted) {
  const start = Number(wanted.get("start") ?? 0);
  const many = total === 1 ? "1 answer" : `${counted(total)} answers`;
  const part = total > here && here ? `, ${counted(start + 1)} to ${counted(start + here)}, the last first` : "";
  byId("total").textContent = total ? `${many}${part}.` : wanted.size ? "No answer fits all of this. Clear the filters to see all." : "There is no answer yet. What is answered on the pages Label and Search comes here.";
  byId("pages").hidden = total <= PAGE && !start;
  byId("newer").disabled = !start;
  byId("older").disabled = start + here >= total;
}

function drawAnswer(row) {
  const { answer } = row;
  const mine = answer.annotator === answering.mine.name;
  const time = element("time", { datetime: answer.at }, dated(answer.at));
  const line = element("p", { class: "hint given" }, element("strong", {}, mine ? "You" : answer.annotator), " · ", time);
  if (answer.settles) line.append(" · settled");
  if (row.disputed) line.append(" · ", element("span", { class: "disputed" }, "disputed"));
  const above = [line];
  if (answer.note) above.push(element("p", { class: "note-given", dir: "auto" }, answer.note));
  if (answer.tags.length) above.push(element("p", { class: "tags-given" }, ...answer.tags.map((tag) => element("span", { class: "tag" }, tag))));
  return answering.draw(row, { above });
}
