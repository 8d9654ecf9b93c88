// The page of an evaluation, which is drawn again as labels come.

import { ROOT, remove, text, upload } from "./api.js";
import { byId } from "./build.js";
import { setUpDisplay } from "./display.js";
import { drawAnew } from "./forms.js";

const DRAW_DELAY = 4000; // between two drawings

setUpDisplay(null);
setInterval(draw, DRAW_DELAY);
byId("evaluate")?.addEventListener("submit", begin);
byId("end")?.addEventListener("click", end);

async function draw() {
  if (document.hidden) return;
  try {
    drawAnew(byId("evaluation-now"), await text("/evaluation/now"));
  } catch {
    // The figures stay until the server is back.
  }
}

async function begin(event) {
  event.preventDefault();
  const file = byId("scores").files[0];
  const chosen = [...document.querySelectorAll("input[name=measure]:checked")];
  const asked = new URLSearchParams({
    name: file.name,
    measures: chosen.map((one) => one.value).join(","),
    width: byId("width").value,
  });
  for (const name of ["budget", "threshold"]) if (byId(name).value) asked.set(name, byId(name).value);
  say(`${file.name} is being read …`);
  try {
    await upload(`/api/evaluation?${asked}`, file);
    location.assign(`${ROOT}/evaluation`);
  } catch (problem) {
    say(problem.message);
  }
}

async function end() {
  if (!confirm("End this evaluation? Labels stay.")) return;
  try {
    await remove("/api/evaluation");
    location.assign(`${ROOT}/evaluation`);
  } catch (problem) {
    say(problem.message);
  }
}

function say(sentence) {
  byId("evaluate-said").textContent = sentence;
}
