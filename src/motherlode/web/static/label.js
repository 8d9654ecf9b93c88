// The page people label on.

import { Refused, get, me, post, randomKey } from "./api.js";
import { announce, byId, counted, dated, element } from "./build.js";
import { ContactSheet } from "./contact.js";
import { showChosen } from "./chosen.js";
import { setUpDisplay } from "./display.js";
import { Drafts } from "./drafts.js";
import { drawGuidelines, setUpGuide } from "./guide.js";
import { Keys, classKeys, keyName, load, save, tagKeys } from "./keys.js";
import { Outbox, showSaved } from "./outbox.js";
import { drawRow, preload } from "./row.js";
import { markSearched } from "./searched.js";
import { setUpStated, showStated } from "./stated.js";
import { Stopwatch } from "./stopwatch.js";
import { Viewer } from "./viewer.js";
import { clearWhy, showWhy } from "./why.js";

const AHEAD = 6;
const RETRY_DELAY = 4000;
const STATUS_EVERY = 10000;
const STATUS_AGE = 1000; // how old a status may be
const SIDES = ["guidelines", "why", "notes"]; // each has a key

const project = JSON.parse(document.body.dataset.project);
const watch = new Stopwatch();
const viewer = project.kind === "image" ? new Viewer() : null;
const asked = new URLSearchParams(location.search); // a row to open, and the words it was found by
let space, outbox, keys, drafts, sheet;
let wanted = AHEAD;      // rows to have ready
let queue = [];          // rows to answer; the first is on the page
let history = [];        // own answers, the last at the end
let back = null;         // place in the history that is shown, or null
let fetching = false;
let again = false;
let ended = false;
let left = null;         // what is left where there is no row
let pause = null;        // who paused the project, and when
let away = "";           // why no rows come, if the server can't be asked
const answered = new Set();

const current = () => (back === null ? queue[0] : history[back].content);

async function begin() {
  const mine = await waitForServer();
  space = `${document.body.dataset.space}:${mine.name}`;
  byId("who").textContent = mine.name;
  const actions = actionsOf();
  keys = new Keys(document.body.dataset.space, actions);
  drawButtons();
  const openSettings = setUpDisplay(keys, drawButtons);
  actions.find((action) => action.id === "help").run = openSettings;
  outbox = new Outbox(space, follow);
  drafts = new Drafts(space);
  setUpSides();
  setUpNotes();
  setUpGuide();
  setUpSheet();
  setUpStated();
  restoreWaiting(outbox.waiting());
  await askFirst(); // before rows are fetched, which is done after a flush, too
  outbox.flush();
  await Promise.all([fetchHistory(), refill()]);
  await lookAtAsked();
  setInterval(showStatus, STATUS_EVERY);
  showStatusSoon();
  document.addEventListener("visibilitychange", () => document.hidden || refill());
}

async function waitForServer() {
  for (;;) {
    try {
      return await me();
    } catch (problem) {
      away = problem.message;
      draw();
      if (problem instanceof Refused) throw problem;
      await new Promise((done) => setTimeout(done, RETRY_DELAY));
    }
  }
}

function actionsOf() {
  const letters = classKeys(project.classes);
  const classes = project.classes.map((label, i) => ({
    id: `class ${label}`, name: label, key: letters[i], run: () => answer("label", label),
  }));
  return [
    ...classes,
    { id: "unsure", name: "Unsure: nobody can tell", key: "u", run: () => answer("unsure") },
    { id: "skip", name: "Skip: not this one", key: "s", run: () => answer("skip") },
    { id: "undo", name: "Undo the last answer", key: "z", run: undo },
    { id: "back", name: "Look back at the answer before", key: "ArrowLeft", run: () => step(-1), repeats: true },
    { id: "forward", name: "Look forward again", key: "ArrowRight", run: () => step(1), repeats: true },
    { id: "up", name: "Scroll up", key: "ArrowUp", run: () => scroll(-1), repeats: true },
    { id: "down", name: "Scroll down", key: "ArrowDown", run: () => scroll(1), repeats: true },
    ...(viewer ? [...viewer.actions(), { id: "sheet", name: "Contact sheet: mark many pictures", key: "c", run: () => sheet.open() }] : []),
    ...project.tags.map((tag, i) => ({ id: `tag ${tag}`, name: `Tag: ${tag}`, tag, key: tagKeys(project.tags, project.classes)[i], run: () => toggleTag(tag) })),
    { id: "guidelines", name: "Guidelines", key: "g", run: () => toggle("guidelines") },
    { id: "why", name: "Why this row", key: "w", run: () => toggle("why") },
    { id: "notes", name: "Write a note", key: "n", run: () => write("note") },
    { id: "tags", name: "Give tags", key: "t", run: () => write("tags") },
    { id: "help", name: "These keys", key: "?", run: () => {} },
  ];
}

const SHORT = { unsure: "Unsure", skip: "Skip", undo: "Undo", back: "‹", forward: "›" };

function drawButtons() {
  const make = (action) => {
    const label = element("span", { class: "name" }, SHORT[action.id] ?? action.tag ?? action.name);
    const key = keys.keyOf(action);
    const button = element("button", { type: "button", "data-action": action.id });
    if (key) {
      button.append(element("kbd", { "aria-hidden": "true" }, keyName(key)));
      button.setAttribute("aria-keyshortcuts", key);
    }
    button.append(label);
    if (action.id === "back" || action.id === "forward") {
      button.replaceChildren(label);
      button.setAttribute("aria-label", action.name);
      button.title = `${action.name} (${keyName(key)})`;
    }
    button.addEventListener("click", () => {
      action.run();
      button.blur();
    });
    return button;
  };
  byId("classes").replaceChildren(...classActions().map((action, i) => {
    const button = make(action);
    button.classList.add("class", `c${i % 9}`);
    if (project.positiveClasses.includes(action.name)) button.classList.add("positive-class");
    return button;
  }));
  const others = ["back", "unsure", "skip", "undo", "forward"].map((id) => keys.actions.find((action) => action.id === id));
  byId("others").replaceChildren(...others.map(make));
  const tags = keys.actions.filter((action) => action.tag);
  byId("preset-tags").replaceChildren(element("span", { class: "hint" }, "Tags"), ...tags.map(make));
  byId("preset-tags").hidden = !tags.length;
  for (const side of SIDES) byId(side).querySelector("summary kbd").textContent = keyName(keys.keyOfId(side));
  if (viewer) {
    viewer.drawTools(byId("picture-tools"), keys);
    byId("open-sheet").querySelector("kbd").textContent = keyName(keys.keyOfId("sheet"));
  }
  showAnswer();
  showTags();
}

// Rows --------------------------------------------------------------------------------------

async function refill() {
  again = fetching; // the running request may miss what was sent since
  if (fetching) return;
  fetching = true;
  try {
    const waiting = outbox.waiting();
    const found = await get(`/api/next?n=${Math.min(50, wanted + waiting.length)}`);
    left = found.left;
    pause = found.paused;
    if (pause) queue = []; // they come again when it goes on
    merge(found.rows);
    away = "";
    ended = !queue.length && !again;
  } catch (problem) {
    away = problem.message;
  }
  fetching = false;
  if (back === null && (!queue.length || queue[0] !== drawn)) draw();
  if (again) return refill();
  if (queue.length < 2) {
    clearTimeout(refill.timer);
    refill.timer = setTimeout(refill, RETRY_DELAY);
  }
  return undefined;
}

function merge(rows) {
  const before = new Map(queue.map((row) => [row.row, row]));
  const kept = queue.filter((row, i) => i === 0 || row.kept);
  const here = new Set(kept.map((row) => row.row));
  const fresh = rows.filter((row) => !answered.has(row.row) && !here.has(row.row));
  queue = [...kept, ...fresh.map((row) => before.get(row.row) ?? row)];
  fresh.filter((row) => !before.has(row.row)).forEach(preload);
}

// A row that a link of another page names comes first, if nobody has answered it yet.
async function askFirst() {
  const row = Number(asked.get("row"));
  if (!asked.has("row") || !Number.isInteger(row)) return;
  try {
    await post("/api/map/first", { rows: [row] });
  } catch (problem) {
    announce(problem.message);
  }
}

async function lookAtAsked() {
  const row = Number(asked.get("row"));
  if (!asked.has("row") || queue[0]?.row === row) return;
  const at = history.findIndex((entry) => entry.row === row);
  if (at >= 0) await step(at - history.length);
  else announce("Somebody else answered this row, or is answering it.");
}

async function fetchHistory() {
  try {
    const found = await get("/api/history?n=500");
    const waiting = new Set(outbox.waiting().filter(([, op]) => op.type === "undo").map(([, op]) => op.event));
    const known = new Set(history.map((entry) => entry.event ?? outbox.events.get(entry.key)));
    const before = found.answers.filter((a) => !waiting.has(a.event) && !known.has(a.event));
    const mine = new Set(history.map((entry) => entry.row));
    const older = before.filter((a) => !mine.has(a.row)).reverse();
    history = [...older.map((a) => ({ ...a, content: null })), ...history];
    showAnswer();
  } catch {
    // Looking back waits for the server.
  }
}

function restoreWaiting(waiting) {
  // Answers that an earlier visit did not send.
  for (const [, operation] of waiting) {
    if (operation.type === "label") {
      answered.add(operation.answer.row);
      history.push({ ...operation.answer, content: null });
    } else {
      const place = history.findIndex((entry) => entry.key === operation.of);
      if (place >= 0) answered.delete(history.splice(place, 1)[0].row);
    }
  }
}

let drawn = null;

function draw() {
  const row = current();
  drawn = row ?? null;
  const place = byId("row");
  place.scrollTop = 0;
  byId("row-title").textContent = rowTitle(row);
  if (row) {
    place.replaceChildren(drawRow(row, project));
    if (asked.get("words") && String(row.row) === asked.get("row")) markSearched(place, asked.get("words"));
  } else {
    place.replaceChildren(...emptyMessage().map((part) => element("p", { class: "empty" }, part)));
    clearWhy();
  }
  viewer?.show(place);
  viewer?.changed();
  document.body.classList.toggle("empty", !row);
  if (row) showWhy(row, project, () => current() === row);
  showAnswer();
  restoreNote();
  watch.start();
}

function rowTitle(row) {
  if (!row) return "";
  if (back !== null) return `Row ${row.id} · looking back, ${history.length - back} of ${history.length}${row.content_changed ? " · it got other content after your answer" : ""}`;
  return `Row ${row.id}`;
}

function emptyMessage() {
  if (away) return [`${away} What you answered is kept here and sent when the server is back.`];
  if (pause) return [`Paused by ${pause.by} since ${dated(pause.at)}. What you answered is kept; rows come again by themselves.`];
  if (!ended) return ["The next row is on its way."];
  const said = left?.held ? "No row is free for you at the moment." : "There is no row left for you to answer. Thank you.";
  return [said, ...leftInWords(left), exportLink()];
}

function leftInWords(found) {
  if (!found) return [];
  const are = (many, one, more) => (many === 1 ? `1 row ${one}` : `${counted(many)} rows ${more}`);
  const said = [];
  if (found.held) said.push(`${are(found.held, "is", "are")} kept for other people now; wait, or come back later.`);
  if (found.second) said.push(`${are(found.second, "waits", "wait")} for a second opinion by somebody else.`);
  if (found.unsure || found.skipped) said.push(`${are(found.unsure, "is", "are")} unsure and ${counted(found.skipped)} skipped; ${keyName(keys.keyOfId("back"))} looks back at yours.`);
  return said;
}

function exportLink() {
  const place = element("span");
  const link = document.querySelector('nav a[href$="/dashboard"]');
  place.append("Export the labels on the ", element("a", { href: link?.href ?? "dashboard" }, "dashboard"), ".");
  return place;
}

// Answers -----------------------------------------------------------------------------------

function answer(kind, label = null) {
  const row = current();
  if (!row) return;
  const given = {
    row: row.row, kind, label, ...noteGiven(),
    seconds: Math.min(86400, watch.seconds()), key: randomKey(),
  };
  drafts.drop(row.row);
  if (back === null) {
    queue.shift();
  } else {
    const before = history[back];
    if (isSame(before, given)) return step(1);
    history.splice(back, 1);
    back = null;
    outbox.undo(randomKey(), eventOf(before), before.key);
    countAnswer(before, -1);
    announce(`Changed from ${answerName(before)} to ${answerName(given)}.`);
  }
  outbox.label(given);
  history.push({ ...given, content: row });
  answered.add(row.row);
  leaveNote();
  draw();
  countAnswer(given, 1);
}

const eventOf = (entry) => entry.event ?? outbox.events.get(entry.key);

// A note that is changed while looking back is part of the answer, which stays as it is.
function keepNote() {
  const before = back === null ? null : history[back];
  if (!before) return;
  const given = { row: before.row, kind: before.kind, label: before.label, ...noteGiven(), seconds: before.seconds ?? null, key: randomKey() };
  drafts.drop(before.row);
  if (isSame(before, given)) return;
  outbox.undo(randomKey(), eventOf(before), before.key);
  history[back] = { ...given, content: before.content };
  outbox.label(given);
  announce("The note is saved with your answer.");
}

async function undo() {
  if (back !== null) {
    keepNote();
    back = null;
    return draw();
  }
  const last = history.at(-1);
  if (!last) return announce("There is nothing to take back.");
  const row = last.content ?? (await rowOf(last));
  if (!row || history.at(-1) !== last) return undefined;
  history.pop();
  outbox.undo(randomKey(), eventOf(last), last.key);
  answered.delete(row.row);
  row.kept = true;
  if (last.note || last.tags?.length) drafts.keep(row.row, { note: last.note ?? "", tags: last.tags ?? [] });
  queue = [row, ...queue.filter((other) => other.row !== row.row)];
  countAnswer(last, -1);
  announce(`Taken back: ${answerName(last)}.`);
  draw();
  return undefined;
}

async function step(by) {
  const from = back ?? history.length;
  const to = from + by;
  if (to < 0) return announce("This is your first answer that is kept here.");
  if (to >= history.length) {
    if (back === null) return announce("This is the newest row.");
    keepNote();
    back = null;
    return draw();
  }
  const entry = history[to];
  entry.content ??= await rowOf(entry);
  if (!entry.content || history[to] !== entry) return undefined;
  keepNote();
  back = to;
  draw();
  return undefined;
}

async function rowOf(entry) {
  try {
    return await get(`/api/rows/${entry.row}`);
  } catch (problem) {
    announce(problem.message);
    return null;
  }
}

function isSame(before, now) {
  const words = (a) => [a.kind, a.label, a.note || "", ...(a.tags ?? [])].join("\n");
  return words(before) === words(now);
}

function answerName({ kind, label }) {
  return kind === "label" ? label : kind;
}

function showAnswer() {
  const given = back === null ? null : history[back];
  for (const button of document.querySelectorAll(".answers [data-action]")) {
    const id = button.dataset.action;
    const is = given && (given.kind === "label" ? id === `class ${given.label}` : id === given.kind);
    if (id.startsWith("tag ")) continue;
    if (id === "back") button.disabled = !(back ?? history.length);
    else if (id === "forward") button.disabled = back === null;
    else if (id === "undo") button.disabled = !history.length && back === null;
    else {
      button.disabled = !current();
      button.setAttribute("aria-pressed", String(Boolean(is)));
    }
  }
}

// Beside the row ----------------------------------------------------------------------------

function setUpSides() {
  const open = load("motherlode:sides", null) ?? (innerWidth > 900 ? ["guidelines", "why"] : []);
  for (const side of SIDES) {
    const details = byId(side);
    if (!details) continue;
    details.open = open.includes(side);
    details.addEventListener("toggle", () => {
      save("motherlode:sides", SIDES.filter((name) => byId(name)?.open));
    });
  }
}

function toggle(side) {
  const details = byId(side);
  details.open = !details.open;
  if (details.open) details.scrollIntoView({ block: "nearest" });
}

function write(field) {
  byId("notes").open = true;
  byId(field).focus();
}

function scroll(by) {
  const narrow = matchMedia("(max-width: 56rem)").matches;
  (narrow ? byId("desk") : byId("row")).scrollBy({ top: 80 * by });
}

function setUpNotes() {
  for (const id of ["note", "tags"]) {
    byId(id).addEventListener("input", keepDraft);
    byId(id).addEventListener("change", keepNote);
  }
}

function keepDraft() {
  showTags();
  const row = current();
  if (row) drafts.keep(row.row, { note: byId("note").value, tags: tagsGiven() });
}

function tagsGiven() {
  const tags = byId("tags").value.split(",").map((tag) => tag.trim().slice(0, 100));
  return [...new Set(tags.filter(Boolean))].slice(0, 20);
}

function noteGiven() {
  return { note: byId("note").value.trim() || null, tags: tagsGiven() };
}

function toggleTag(tag) {
  if (!current()) return;
  const tags = tagsGiven();
  byId("tags").value = (tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]).join(", ");
  keepDraft();
  keepNote();
  announce(tags.includes(tag) ? `Without the tag ${tag}.` : `Tag: ${tag}.`);
}

function showTags() {
  const tags = tagsGiven();
  for (const button of byId("preset-tags").querySelectorAll("[data-action]")) {
    button.setAttribute("aria-pressed", String(tags.includes(button.dataset.action.slice("tag ".length))));
  }
}

function restoreNote() {
  const row = current();
  const kept = (row && drafts.of(row.row)) ?? (back === null ? null : history[back]);
  byId("note").value = kept?.note ?? "";
  byId("tags").value = (kept?.tags ?? []).join(", ");
  showTags();
}

function leaveNote() {
  if (document.activeElement === byId("note") || document.activeElement === byId("tags")) {
    document.activeElement.blur();
  }
}

const classActions = () => keys.actions.filter((action) => action.id.startsWith("class "));

// Many pictures at once ---------------------------------------------------------------------

function setUpSheet() {
  if (!viewer) return;
  sheet = new ContactSheet(document.body.dataset.space, project, classActions(), { take, send: sendMany, undo: undoMany, closed: leaveSheet });
  byId("open-sheet").addEventListener("click", () => sheet.open());
}

async function take(n) {
  if (back !== null) {
    keepNote();
    back = null;
  }
  wanted = n;
  // Rows that are still being sent would come again in place of new ones.
  for (let i = 0; i < 100 && (fetching || (outbox.waiting().length && outbox.state !== "offline")); i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await refill();
  return queue.slice(0, n);
}

function sendMany(pairs, seconds) {
  const sent = new Set(pairs.map(([row]) => row.row));
  queue = queue.filter((row) => !sent.has(row.row));
  for (const [row, label] of pairs) {
    const draft = drafts.of(row.row);
    const given = { row: row.row, kind: "label", label, note: draft?.note || null, tags: draft?.tags ?? [], seconds, key: randomKey() };
    outbox.label(given);
    drafts.drop(row.row);
    history.push({ ...given, content: row });
    answered.add(row.row);
    countAnswer(given, 1);
  }
}

async function undoMany(n) {
  for (let i = 0; i < n; i++) await undo();
}

function leaveSheet() {
  wanted = AHEAD;
  draw();
}

// Counts and saving -------------------------------------------------------------------------

let lastCounted = -Infinity; // when an answer was last counted here
let counts = { labelled: project.labelled, found: project.found };
let ranking;             // the last that was seen; rows that wait may be chosen anew by the next

function countAnswer({ kind, label }, by) {
  lastCounted = performance.now();
  if (kind !== "label") return;
  counts.labelled += by;
  if (project.positiveClasses.includes(label)) counts.found += by;
  showCounts();
}

function showStatusSoon() {
  clearTimeout(showStatusSoon.timer);
  showStatusSoon.timer = setTimeout(showStatus, STATUS_AGE + 100);
}

async function showStatus() {
  const asked = performance.now();
  if (document.hidden || outbox.waiting().length || asked - lastCounted < STATUS_AGE) return;
  try {
    const status = await get("/api/status");
    if (status.last_change !== project.last_change) await followSettings(status.last_change);
    if (Boolean(status.paused) !== Boolean(pause) || status.ranking?.id !== ranking) refill();
    ranking = status.ranking?.id;
    if (lastCounted < asked) counts = { labelled: status.labelled, found: status.found };
    showCounts();
    showStated();
    showChosen(byId("chosen"), refill);
  } catch {
    // What is shown stays until the server is back.
  }
}

// Classes and guidelines may change while the page is open; answers under an old name are kept.
async function followSettings(change) {
  const [now, mine] = await Promise.all([get("/api/project"), get("/api/history?n=500"), drawGuidelines()]);
  project.classes = now.classes;
  project.tags = now.tags;
  project.positiveClasses = [].concat(now.minority ?? []);
  project.last_change = change;
  const labels = new Map(mine.answers.map((answer) => [answer.event, answer.label]));
  for (const entry of history) {
    const event = eventOf(entry);
    if (labels.has(event)) entry.label = labels.get(event);
  }
  const help = keys.actions.find((action) => action.id === "help").run;
  keys.actions = actionsOf();
  keys.actions.find((action) => action.id === "help").run = help;
  drawButtons();
  announce("The settings of the project were changed.");
}

function showCounts() {
  byId("labelled").textContent = counted(counts.labelled);
  const named = project.positiveClasses;
  byId("of-found").hidden = !named.length;
  byId("of-found").querySelector(".what").textContent = ` ${named.join(" or ")}`;
  byId("found").textContent = counted(counts.found ?? 0);
}

function follow(state, waiting, problem, refused) {
  showSaved(state, waiting, problem, refused);
  if (state === "offline" && problem) {
    away = problem;
    if (back === null && !queue.length) draw();
  }
  if (state === "saved") {
    for (const row of queue) row.kept = false;
    refill();
    showStatusSoon();
  }
}

begin();
