// The field "What are you looking for?": what is stated, who stated it, and what it did.

import { get, post } from "./api.js";
import { announce, byId, element } from "./build.js";

let known = null; // what the server said last
let typed = false;

export async function setUpSought() {
  byId("sought").addEventListener("input", () => { typed = true; });
  byId("sought-form").addEventListener("submit", (event) => {
    event.preventDefault();
    state(byId("sought").value.trim());
  });
  byId("stop-sought")?.addEventListener("click", () => state(""));
  await showSought();
}

export async function showSought() {
  try {
    draw(await get("/api/prior"));
  } catch {
    // What is shown stays until the server is back.
  }
}

async function state(sentence) {
  try {
    const found = await post("/api/prior", sentence ? { sentence } : {});
    typed = false;
    draw(found);
    announce(sentence ? "Saved. The next rows go by it." : "It is not used any more.");
  } catch (problem) {
    announce(problem.message);
  }
}

function draw(found) {
  known = found;
  const { stated, said, by, at, did } = found;
  if (!typed) byId("sought").value = stated ? stated.text ?? said : "";
  const stop = byId("stop-sought");
  if (stop) stop.hidden = !stated;
  byId("sought-by").textContent = by ? `${stated ? "Stated" : "Taken back"} by ${by}, ${when(at)}.` : "";
  byId("sought-by").hidden = !by;
  byId("sought-did").replaceChildren(...did.map((sentence) => element("li", {}, sentence)));
  byId("sought-did").hidden = !did.length;
}

export function isStated() {
  return Boolean(known?.stated);
}

function when(at) {
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
