// Search for rows by words, columns or similarity, and label them in the list.

import { get, me, randomKey } from "./api.js";
import { announce, byId, counted, element } from "./build.js";
import { setUpDisplay } from "./display.js";
import { Keys, classKeys, keyName } from "./keys.js";
import { Outbox } from "./outbox.js";
import { markFound, showFirstMark } from "./marks.js";
import { drawResult, showPressed } from "./results.js";

const project = JSON.parse(document.body.dataset.project);
const FIELDS = ["words", "condition"];
const PAGE = 20;
const MOST_AT_ONCE = 100;
const MOST_SHOWN = 500;
const BEGINNING = byId("total").textContent;
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
  { id: "like", name: "More like this", key: "m", run: () => onFocusedItem((item) => like(item.dataset.id)) },
  { id: "find", name: "To the words", key: "/", run: () => byId("words").focus() },
  { id: "help", name: "These keys", key: "?", run: () => {} },
];
const keys = new Keys(document.body.dataset.space, actions);
actions.at(-1).run = setUpDisplay(keys);

byId("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams();
  for (const name of FIELDS) if (byId(name).value.trim()) asked.set(name, byId(name).value.trim());
  open(asked);
});
byId("more").addEventListener("click", async () => {
  const before = count;
  await fetchPage();
  if (count > PAGE) history.replaceState(null, "", address(query, count));
  document.querySelectorAll(".result")[before]?.focus();
});
addEventListener("popstate", () => restore());

begin();

async function begin() {
  const mine = await me();
  byId("who").textContent = mine.name;
  outbox = new Outbox(`${document.body.dataset.space}:${mine.name}`, showSaved);
  outbox.flush();
  await restore();
  if (!query) byId("words").focus();
}

// What is searched stands in the address, so that links, reload and back show it again.
async function restore() {
  const asked = new URLSearchParams(location.search);
  const shown = Math.min(MOST_SHOWN, Number(asked.get("shown")) || PAGE);
  asked.delete("shown");
  for (const name of FIELDS) byId(name).value = asked.get(name) ?? "";
  if (asked.has("condition")) byId("by-columns").open = true;
  if ([...FIELDS, "like"].some((name) => asked.get(name)?.trim())) await search(asked, shown);
  else clear();
}

function address(asked, shown = PAGE) {
  const all = new URLSearchParams(asked);
  if (shown > PAGE) all.set("shown", shown);
  return all.size ? `?${all}` : location.pathname;
}

function open(asked) {
  if (address(asked) !== location.search) history.pushState(null, "", address(asked));
  return asked.size ? search(asked) : clear("Give words, an id or a condition.");
}

function clear(said = BEGINNING) {
  query = null;
  count = 0;
  byId("results").replaceChildren();
  byId("total").textContent = said;
  byId("more").hidden = true;
}

async function search(words, shown = PAGE) {
  query = words;
  count = 0;
  byId("results").replaceChildren();
  do await fetchPage(Math.min(MOST_AT_ONCE, shown - count));
  while (count && count < shown && !byId("more").hidden);
  go(1);
}

function like(id) {
  for (const name of FIELDS) byId(name).value = "";
  open(new URLSearchParams({ like: id }));
  scrollTo({ top: 0 });
}

async function fetchPage(n = PAGE) {
  const asked = query;
  const page = new URLSearchParams(asked);
  page.set("start", count);
  page.set("n", n);
  try {
    byId("total").textContent = "Searching…";
    const found = await get(`/api/search?${page}`);
    if (asked !== query) return;
    count += found.rows.length;
    const items = found.rows.map(drawRowFound);
    byId("results").append(...items);
    items.forEach((item) => showFirstMark(item.querySelector(".body")));
    byId("total").textContent = say(found, asked);
    byId("more").hidden = count >= found.total;
  } catch (problem) {
    if (asked !== query) return;
    byId("total").textContent = problem.message;
    byId("more").hidden = true;
  }
}

function say({ total, like: id }, asked) {
  if (id) return `${counted(total)} ${total === 1 ? "row" : "rows"} most like row ${id}, the most similar first.`;
  if (total) return `${counted(total)} ${total === 1 ? "row" : "rows"} found.`;
  const [words, condition] = FIELDS.map((name) => asked.get(name));
  if (words && condition) return "No row holds these words and meets the condition. Try one without the other.";
  if (condition) return "No row meets the condition. Try a wider one; “amount is null” finds missing values.";
  return /\s/.test(words) ? "No row holds all these words. Try fewer of them, or shorter ones: a word finds all that begin with it."
    : "No row holds this word or has this id. Try a shorter one: a word finds all that begin with it.";
}

function drawRowFound(row) {
  const more = element("button", { type: "button", class: "quiet" }, "More like this");
  more.addEventListener("click", () => like(row.id));
  const item = drawResult(row, project, { choose, extra: [more], keys: letters.map((_, i) => keyName(keys.keyOf(actions[i]))) });
  item.dataset.id = row.id;
  markFound(item, row.spans);
  markId(item, row);
  showPressed(item, row.answers[0]?.label ?? null);
  return item;
}

// The id stands above no text of its own, so it is marked where it is named.
function markId(item, { id }) {
  const asked = query?.get("words")?.trim().replace(/^"(.*)"$/, "$1");
  const place = item.querySelector(".act > .hint");
  if (asked === id && place) place.replaceChildren("Row ", element("mark", { class: "found" }, id));
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
