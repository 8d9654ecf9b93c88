// What the server draws: what was typed, opened, scrolled and focused in it stays when it is drawn anew.

import { announce, byId, element } from "./build.js";

const OTHERS = "a, summary, [tabindex]"; // what has the focus beside fields

// HTML of our own server, which escapes names; the policy forbids scripts in it.
// sent: the form that was sent, which begins anew. Gives the names of the fields that keep what was typed.
export function drawAnew(place, html, sent = null) {
  const find = (what) => [...place.querySelectorAll(what)];
  const forms = find("form").filter((form) => form !== sent);
  const typed = forms.flatMap(fieldsOf).filter(isTyped).map((field) => [keyOf(field), field]);
  const at = forms.some((form) => form.contains(document.activeElement)) ? document.activeElement : null;
  const open = new Set(find("details[open]").map(keyOfPart));
  const other = find(OTHERS).indexOf(document.activeElement);
  const scrolled = find(".scrolls").map((part) => part.scrollLeft);
  place.innerHTML = html;
  const fields = new Map(find("form").flatMap(fieldsOf).map((field) => [keyOf(field), field]));
  const kept = typed.filter(([key]) => fields.has(key));
  for (const [key, field] of kept) copyTyped(field, fields.get(key));
  for (const part of find("details")) part.open ||= open.has(keyOfPart(part));
  find(".scrolls").forEach((part, i) => { part.scrollLeft = scrolled[i] ?? 0; });
  find(OTHERS)[other]?.focus({ preventScroll: true });
  if (at) goOn(at, fields.get(keyOf(at)));
  return kept.map(([, field]) => field.name);
}

const fieldsOf = (form) => [...form.elements].filter((field) => field.name);

// By what a form is about: places in a list change when one of it is added or gone.
function keyOf(field) {
  const about = { ...field.form?.dataset };
  const isBox = field.type === "checkbox";
  return JSON.stringify([about.do, about.class ?? about.name ?? about.event ?? field.form?.id, field.name, isBox ? field.value : ""]);
}

const keyOfPart = (part) => part.dataset.name ?? part.id;

function isTyped(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one, i) => one.selected !== isDrawn(field, i));
  return field.value !== field.defaultValue;
}

// A list where nothing is chosen shows the first.
function isDrawn({ options }, i) {
  const first = [...options].findIndex((one) => one.defaultSelected);
  return i === Math.max(0, first);
}

function copyTyped(from, to) {
  if (from.type === "checkbox") to.checked = from.checked;
  else if (!from.options || [...to.options].some(({ value }) => value === from.value)) to.value = from.value;
}

function goOn(from, to) {
  if (!to) return;
  to.focus();
  if (from.selectionStart !== null && from.selectionStart !== undefined) to.setSelectionRange(from.selectionStart, from.selectionEnd);
}

// What a form that was sent has changed, or why it has not.
export function sayChanged(said, notes, wrong) {
  const lines = [...said.map((line) => element("strong", {}, line)), ...notes];
  byId("changed").replaceChildren(...lines.map((line) => element("p", { class: wrong ? "problem" : "note" }, line)));
  byId("changed").scrollIntoView({ block: "nearest" });
  announce(wrong ? notes.join(" ") : said.join("; "));
}
