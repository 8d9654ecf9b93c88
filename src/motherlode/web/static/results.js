// Rows with buttons to answer them: search results, answers, and disagreements to settle.

import { element } from "./build.js";
import { drawRow } from "./row.js";

const PASSED = [["unsure", "Unsure"], ["skip", "Skip"]];

export function drawResult(row, project, { choose, extra = [], above = [] }) {
  const item = element("li", { class: "card result", tabindex: "-1", "data-row": row.row });
  item.setAttribute("aria-label", `Row ${row.id}`);
  const body = element("div", { class: "body", tabindex: "0", role: "group", "aria-label": `Content of row ${row.id}` });
  const drawn = drawRow(row, project);
  drawn.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
  body.append(drawn);
  const act = element("div", { class: "act" }, element("span", { class: "hint" }, `Row ${row.id}`));
  const button = (look, action, name, given) => {
    const made = element("button", { type: "button", class: look, "data-action": action, "aria-pressed": "false" }, element("kbd", { "aria-hidden": "true" }), name);
    if (given.label) made.dataset.label = given.label;
    made.addEventListener("click", () => choose(item, given));
    return made;
  };
  act.append(...project.classes.map((label, i) => button(`class c${i % 9}`, `class ${label}`, label, { kind: "label", label })));
  act.append(...PASSED.map(([kind, name]) => button("quiet", kind, name, { kind, label: null })));
  act.append(...extra);
  item.append(body, ...above, element("p", { class: "said", hidden: "" }), act);
  return item;
}

// What is known of a row: the own answer, and what colleagues said.
export function showKnown(item, { own, others }) {
  const action = own && (own.kind === "label" ? `class ${own.label}` : own.kind);
  for (const button of item.querySelectorAll(".act [data-action]")) {
    button.setAttribute("aria-pressed", String(button.dataset.action === action));
  }
  const said = item.querySelector(".said");
  said.textContent = sayOthers(others);
  said.hidden = !others.length;
}

export function sayOthers(others) {
  return others.map(({ by, kind, label }) => `${by}: ${label ?? kind}`).join(" · ");
}
