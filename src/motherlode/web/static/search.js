// Search for rows by words, columns or similarity, and label them in the list.

import { get, me, randomKey } from "./api.js";
import { announce, byId, counted, element } from "./build.js";
import { setUpDisplay } from "./display.js";
import { Keys, classKeys, keyName } from "./keys.js";
import { Outbox } from "./outbox.js";
import { drawResult, showPressed } from "./results.js";

const project = JSON.parse(document.body.dataset.project);
const PAGE = 20;
let query = null;
let count = 0;
let outbox;

const letters = classKeys(project.classes);
const actions = [
  ...project.classes.map((label, i) => ({
    id: `class ${label}`, name: label, key: letters[i], run: () => onFocusedItem((item) => item.querySelectorAll("[data-label]")[i].click()),
  })),
  { id: "down", name: "Next result", key: "ArrowDown", run: () => go(1), repeats: true },
  { id: "up", name: "Result before", key: "ArrowUp", run: () => go(-1), repeats: true },
  { id: "like", name: "More like this", key: "m", run: () => onFocusedItem((item) => like(Number(item.dataset.row))) },
  { id: "find", name: "To the words", key: "/", run: () => byId("words").focus() },
  { id: "help", name: "These keys", key: "?", run: () => {} },
];
const keys = new Keys(document.body.dataset.space, actions);
actions.at(-1).run = setUpDisplay(keys);

byId("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = new URLSearchParams();
  for (const name of ["words", "condition"]) if (byId(name).value.trim()) words.set(name, byId(name).value);
  search(words);
});
byId("more").addEventListener("click", () => fetchPage());

begin();

async function begin() {
  const mine = await me();
  byId("who").textContent = mine.name;
  outbox = new Outbox(`${document.body.dataset.space}:${mine.name}`, showSaved);
  outbox.flush();
  byId("words").focus();
}

async function search(words) {
  query = words;
  count = 0;
  byId("results").replaceChildren();
  await fetchPage();
  go(1);
}

function like(row) {
  search(new URLSearchParams({ like_row: row }));
  scrollTo({ top: 0 });
}

async function fetchPage() {
  const asked = query;
  const page = new URLSearchParams(asked);
  page.set("start", count);
  page.set("n", PAGE);
  try {
    byId("total").textContent = "Searching…";
    const { total, rows } = await get(`/api/search?${page}`);
    if (asked !== query) return;
    count += rows.length;
    byId("results").append(...rows.map(drawRowFound));
    const by = asked.has("like_row") ? `rows most like row ${asked.get("like_row")}` : total === 1 ? "row found" : "rows found";
    byId("total").textContent = `${counted(total)} ${by}.`;
    byId("more").hidden = count >= total;
  } catch (problem) {
    byId("total").textContent = problem.message;
    byId("more").hidden = true;
  }
}

function drawRowFound(row) {
  const more = element("button", { type: "button", class: "quiet" }, "More like this");
  more.addEventListener("click", () => like(row.row));
  const item = drawResult(row, project, { choose, extra: [more], keys: letters.map((_, i) => keyName(keys.keyOf(actions[i]))) });
  showPressed(item, row.answers[0]?.label ?? null);
  return item;
}

function choose(row, label, item) {
  outbox.label({ row: row.row, kind: "label", label, channel: "search", key: randomKey() });
  showPressed(item, label);
  announce(`Row ${row.id} is ${label}.`);
  item.focus();
  go(1);
}

function onFocusedItem(act) {
  const item = document.activeElement.closest?.(".result");
  if (item) act(item);
}

function go(by) {
  const all = [...document.querySelectorAll(".result")];
  if (!all.length) return;
  const at = all.indexOf(document.activeElement.closest?.(".result"));
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function showSaved(state, waiting, problem, refused) {
  const place = byId("saved");
  place.textContent = { saved: "Saved", sending: waiting ? "Saving" : "Saved", offline: `Offline: ${counted(waiting)} kept here`, closed: problem }[state];
  place.dataset.state = state === "sending" && !waiting ? "saved" : state;
  if (refused.length) announce(`Not recorded: ${refused.splice(0).join(" ")}`);
}
