// The page where admins change settings: each form sends what was changed in it.

import { post, text } from "./api.js";
import { byId } from "./build.js";
import { drawAnew, sayChanged } from "./forms.js";

const now = byId("now");
const NOTHING = { said: [], notes: [] };
// What the forms were drawn from, drawn with them: so it is as old as they are.
const known = () => JSON.parse(now.querySelector("[data-known]").dataset.known);

now.addEventListener("submit", (event) => {
  event.preventDefault();
  save(event.target);
});

async function save(form) {
  const [path, body] = request(form);
  try {
    const { said, notes } = body === null ? NOTHING : await post(path, body);
    draw(await text("/settings/now"), form);
    sayChanged(said.length ? said : ["Nothing was changed."], notes, false);
    if (now.contains(document.activeElement)) return; // somebody writes in another form already
    const place = byId(form.id) ?? byId("of-changes");
    const next = place.querySelector("button") ?? place;
    if (next === place) place.tabIndex = -1;
    next.focus();
  } catch (problem) {
    sayChanged([], [problem.message], true);
  }
}

// What was typed and not sent was written over the values that its form was drawn from.
function draw(html, sent) {
  const before = known();
  const kept = drawAnew(now, html, sent);
  const after = known();
  for (const name of kept) if (name in before) after[name] = before[name];
  now.querySelector("[data-known]").dataset.known = JSON.stringify(after);
}

function request(form) {
  const { do: action, class: name, event } = form.dataset;
  if (action === "undo") return ["/api/settings/undo", { event: Number(event) }];
  if (action === "rename") return ["/api/settings/classes", { rename: { [name]: form.elements.name.value.trim() } }];
  if (action === "merge") return ["/api/settings/classes", { merge: { [name]: form.elements.into.value } }];
  if (action === "add") return ["/api/settings/classes", { add: [form.elements.name.value.trim()] }];
  const changed = changedValues(form);
  if (!Object.keys(changed).length) return ["", null];
  // The guidelines are one text of many hands: the server refuses one that began with another.
  if (action === "guide") return ["/api/guidelines", { text: changed.guidelines, before: known().guidelines }];
  return ["/api/settings", changed];
}

// What somebody else changed meanwhile stays, unless it was changed here too.
function changedValues(form) {
  const found = {}, before = known();
  const boxes = form.querySelectorAll("[name=minority]");
  if (boxes.length) {
    const chosen = [...boxes].filter((box) => box.checked).map((box) => box.value);
    found.minority = chosen.length ? chosen : null;
  }
  for (const field of form.querySelectorAll("input:not([type=checkbox]), select, textarea")) {
    found[field.name] = valueOf(field);
  }
  return Object.fromEntries(Object.entries(found).filter(([name, value]) => !isSame(value, before[name])));
}

function valueOf(field) {
  const { kind } = field.dataset;
  if (kind === "share") return Number(field.value) / 100;
  if (kind === "number") return Number(field.value);
  if (kind === "list") return field.value.split(",").map((part) => part.trim()).filter(Boolean);
  if (kind === "lines") return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (kind === "text") return field.value.trim() || null;
  return field.value;
}

function isSame(one, other) {
  const sorted = (value) => JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
  if (typeof one === "number") return Math.abs(one - other) < 1e-12;
  return sorted(one) === sorted(other);
}
