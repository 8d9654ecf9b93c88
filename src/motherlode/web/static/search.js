// Search for rows by words, columns or similarity, and label them in the list.

import { answerResults } from "./answering.js";
import { get } from "./api.js";
import { byId, counted, element } from "./build.js";
import { markFound, showFirstMark } from "./marks.js";

const project = JSON.parse(document.body.dataset.project);
const FIELDS = ["words", "condition"];
const PAGE = 20;
const MOST_AT_ONCE = 100;
const MOST_SHOWN = 500;
const BEGINNING = byId("total").textContent;
let query = null;
let count = 0;
let answering;

const actions = [
  { id: "like", name: "More like this", key: "m", run: () => answering.here() && like(answering.here().dataset.id) },
  { id: "find", name: "To the words", key: "/", run: () => byId("words").focus() },
];

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
addEventListener("popstate", restore);

begin();

async function begin() {
  fillForm();
  answering = await answerResults(project, actions);
  if (!answering) return;
  byId("who").textContent = answering.mine.name;
  await show();
  if (!query) byId("words").focus();
}

// What is searched stands in the address, so that links, reload and back show it again.
function restore() {
  fillForm();
  return show();
}

function fillForm() {
  const asked = new URLSearchParams(location.search);
  for (const name of FIELDS) byId(name).value = asked.get(name) ?? "";
  if (asked.has("condition")) byId("by-columns").open = true;
}

async function show() {
  if (!answering) return; // until it is known who asks
  const asked = new URLSearchParams(location.search);
  const shown = Math.min(MOST_SHOWN, Number(asked.get("shown")) || PAGE);
  asked.delete("shown");
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
  if (!answering) return undefined;
  return asked.size ? search(asked) : clear("Give words, an id or a condition.");
}

function clear(said = BEGINNING) {
  query = null;
  count = 0;
  answering.clear();
  byId("total").textContent = said;
  byId("more").hidden = true;
}

async function search(words, shown = PAGE) {
  query = words;
  count = 0;
  answering.clear();
  do await fetchPage(Math.min(MOST_AT_ONCE, shown - count));
  while (count && count < shown && !byId("more").hidden);
  answering.go(1, null);
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
  const item = answering.draw(row, { extra: [more] });
  markFound(item, row.spans);
  markId(item, row);
  return item;
}

// The id stands above no text of its own, so it is marked where it is named.
function markId(item, { id }) {
  const asked = query?.get("words")?.trim().replace(/^"(.*)"$/, "$1");
  const place = item.querySelector(".act > .hint");
  if (asked === id && place) place.replaceChildren("Row ", element("mark", { class: "found" }, id));
}
