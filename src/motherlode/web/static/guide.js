// Guidelines written beside the row, with pictures, by those who may.

import { get, post, text, uploadPicture } from "./api.js";
import { announce, byId } from "./build.js";

export function setUpGuide() {
  if (!byId("write-guidelines")) return;
  const form = byId("guidelines-form"), field = byId("guidelines-text");
  let before = null;
  byId("write-guidelines").addEventListener("click", () => attempt(async () => {
    const found = await get("/api/guidelines");
    before = found.text;
    field.value = before ?? "";
    show(true);
    field.focus();
  }));
  byId("leave-guidelines").addEventListener("click", () => {
    show(false);
    byId("write-guidelines").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await post("/api/guidelines", { text: field.value.trim() || null, before });
      await drawGuidelines();
      show(false);
      byId("write-guidelines").focus();
      announce("The guidelines are saved, and shown to all.");
    });
  });
  byId("guidelines-picture").addEventListener("change", ({ target }) => attempt(async () => {
    const [file] = target.files;
    if (!file) return;
    const { name } = await uploadPicture("/api/guidelines/pictures", file);
    const said = file.name.replace(/\.[^.]*$/, "").replace(/[[\]\\]/g, " ");
    field.setRangeText(`\n\n![${said}](${name})\n\n`, field.selectionEnd, field.selectionEnd, "end");
    target.value = "";
    field.focus();
  }));
}

export async function drawGuidelines() {
  // HTML of our own server, which escapes what people wrote; the policy forbids scripts in it.
  document.querySelector("#guidelines .guidelines").innerHTML = await text("/guidelines");
}

function show(writing) {
  byId("guidelines-form").hidden = !writing;
  document.querySelector("#guidelines .guidelines").hidden = writing;
  document.querySelector("#guidelines .write").hidden = writing;
}

async function attempt(act) {
  const place = byId("guidelines-problem");
  place.hidden = true;
  try {
    await act();
  } catch (problem) {
    place.textContent = problem.message;
    place.hidden = false;
  }
}
