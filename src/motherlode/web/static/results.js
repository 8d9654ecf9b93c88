// Rows with buttons to answer them: search results, and disagreements to settle.

import { element } from "./build.js";
import { drawRow } from "./row.js";

export function drawResult(row, project, { choose, extra = [], keys = [], above = [] }) {
  const item = element("li", { class: "card result", tabindex: "-1", "data-row": row.row });
  item.setAttribute("aria-label", `Row ${row.id}`);
  const body = element("div", { class: "body", tabindex: "0", role: "group", "aria-label": `Content of row ${row.id}` });
  const drawn = drawRow(row, project);
  drawn.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
  body.append(drawn);
  const act = element("div", { class: "act" }, element("span", { class: "hint" }, `Row ${row.id}`));
  project.classes.forEach((label, i) => {
    const button = element("button", { type: "button", class: `class c${i % 9}`, "data-label": label, "aria-pressed": "false" });
    if (keys[i]) button.append(element("kbd", { "aria-hidden": "true" }, keys[i]));
    button.append(label);
    button.addEventListener("click", () => choose(row, label, item));
    act.append(button);
  });
  act.append(...extra);
  item.append(body, ...above, act);
  return item;
}

export function showPressed(item, label) {
  for (const button of item.querySelectorAll("[data-label]")) {
    button.setAttribute("aria-pressed", String(button.dataset.label === label));
  }
}
