// The model at work: a file goes up, and comes back with what the model says of its rows.

import { upload } from "./api.js";
import { byId } from "./build.js";

const button = byId("score");
if (button) button.addEventListener("click", score); // admins alone have it

async function score() {
  const file = byId("score-file").files[0];
  if (!file) {
    say("Choose a file of rows first.");
    byId("score-file").focus();
    return;
  }
  const format = byId("score-format").value;
  button.disabled = true;
  say(`${file.name} is being scored …`);
  try {
    const path = `/api/score?format=${format}&name=${encodeURIComponent(file.name)}`;
    const { content, note } = await upload(path, file);
    save(content, `${file.name.replace(/\.[^.]*$/, "")}-scored.${format}`);
    say([`${file.name} is scored.`, note].filter(Boolean).join(" "));
  } catch (problem) {
    say(problem.message);
  } finally {
    button.disabled = false;
  }
}

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function say(sentence) {
  byId("score-said").textContent = sentence;
}
