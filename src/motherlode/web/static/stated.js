// The field "What are you looking for?": what is stated, who stated it, and what it did.

import { get, post } from "./api.js";
import { announce, byId, dated, element } from "./build.js";

let typed = false;
let stands = null;  // what is stated now

export async function setUpStated() {
  byId("stated")?.addEventListener("input", () => { typed = true; });
  byId("stated-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const sentence = byId("stated").value.trim();
    if (!sentence && stands && !stands.text) announce("Write a sentence first. What is stated stays.");
    else state(sentence);
  });
  byId("stop-using")?.addEventListener("click", () => state(""));
  await showStated();
}

export async function showStated() {
  try {
    draw(await get("/api/prior"));
  } catch {
    // What is shown stays until the server is back.
  }
}

async function state(sentence) {
  const before = byId("stated")?.value;
  try {
    const found = await post("/api/prior", sentence ? { sentence } : {});
    typed = byId("stated")?.value !== before; // meanwhile
    draw(found);
    announce(sentence ? "Saved. The row on the page stays; the next go by it as soon as they are ordered." : "It is not used any more.");
  } catch (problem) {
    announce(problem.message);
  }
}

function draw(found) {
  const { stated, said, by, at, did } = found;
  stands = stated;
  const field = byId("stated");
  // What is no sentence stands below the field of whoever can save, who would make it one.
  const fits = Boolean(stated?.text ?? field?.readOnly);
  if (field && !typed) field.value = stated && fits ? stated.text ?? said : "";
  const stop = byId("stop-using");
  if (stop) stop.hidden = !stated;
  const what = stated && !fits ? `In use: ${said}.` : "";
  const who = by ? `${stated ? "Stated" : "Taken back"} by ${by}, ${dated(at)}.` : "";
  show("stated-by", [what, who].filter(Boolean).join(" "));
  show("stated-did", ...did.map((sentence) => element("li", {}, sentence)));
}

function show(id, ...parts) {
  byId(id).replaceChildren(...parts);
  byId(id).hidden = !byId(id).textContent;
}
