// The page where admins change settings: each form sends what was changed in it.

import { get, post, text } from "./api.js";
import { announce, byId, element } from "./build.js";

const now = byId("now");
let known = {};

now.addEventListener("submit", (event) => {
  event.preventDefault();
  save(event.target);
});
await remember();

async function remember() {
  try {
    const { settings } = await get("/api/settings");
    known = Object.fromEntries(settings.map((one) => [one.name, one.value]));
  } catch (problem) {
    say([], [problem.message], true);
  }
}

async function save(form) {
  const [path, body] = request(form);
  try {
    const { said, notes } = await post(path, body);
    // HTML of our own server, which escapes names; the policy forbids scripts in it.
    now.innerHTML = await text("/settings/now");
    await remember();
    say(said.length ? said : ["Nothing was changed."], notes, false);
    const place = byId(form.id) ?? byId("of-changes");
    const next = place.querySelector("button") ?? place;
    if (next === place) place.tabIndex = -1;
    next.focus();
  } catch (problem) {
    say([], [problem.message], true);
  }
}

function request(form) {
  const { do: action, class: name, event } = form.dataset;
  if (action === "undo") return ["/api/settings/undo", { event: Number(event) }];
  if (action === "rename") return ["/api/settings/classes", { rename: { [name]: form.elements.name.value.trim() } }];
  if (action === "merge") return ["/api/settings/classes", { merge: { [name]: form.elements.into.value } }];
  if (action === "add") return ["/api/settings/classes", { add: [form.elements.name.value.trim()] }];
  if (action === "guide") return ["/api/guidelines", { text: valueOf(form.elements.guidelines) }];
  return ["/api/settings", changedValues(form)];
}

// What somebody else changed meanwhile stays, unless it was changed here too.
function changedValues(form) {
  const found = {};
  const boxes = form.querySelectorAll("[name=minority]");
  if (boxes.length) {
    const chosen = [...boxes].filter((box) => box.checked).map((box) => box.value);
    found.minority = chosen.length ? chosen : null;
  }
  for (const field of form.querySelectorAll("input:not([type=checkbox]), select, textarea")) {
    found[field.name] = valueOf(field);
  }
  return Object.fromEntries(Object.entries(found).filter(([name, value]) => !isSame(value, known[name])));
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

function say(said, notes, wrong) {
  const lines = [...said.map((line) => element("strong", {}, line)), ...notes];
  byId("changed").replaceChildren(...lines.map((line) => element("p", { class: wrong ? "problem" : "note" }, line)));
  byId("changed").scrollIntoView({ block: "nearest" });
  announce(wrong ? notes.join(" ") : said.join("; "));
}
