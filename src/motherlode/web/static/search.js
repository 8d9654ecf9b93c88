// Search for rows by words, columns or similarity, and label them in the list.

import { Answering } from "./answering.js";
import { get, me } from "./api.js";
import { byId, counted, element } from "./build.js";

const project = JSON.parse(document.body.dataset.project);
const PAGE = 20;
let query = null;
let count = 0;
let answering;

const actions = [
  { id: "like", name: "More like this", key: "m", run: () => answering.here() && like(Number(answering.here().dataset.row)) },
  { id: "find", name: "To the words", key: "/", run: () => byId("words").focus() },
];

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
  answering = new Answering(project, byId("results"), mine, { more: actions });
  byId("words").focus();
}

async function search(words) {
  query = words;
  count = 0;
  answering.clear();
  await fetchPage();
  answering.go(1, null);
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
  return answering.draw(row, { extra: [more] });
}
