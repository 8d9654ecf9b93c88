// The list of projects: each is asked for its counts, and tells them to those who may know them.

import { Refused, get } from "./api.js";
import { counted, dated } from "./build.js";

const EVERY = 15000;

async function show(item) {
  const place = item.querySelector("p");
  try {
    const status = await get(`${item.dataset.path}/api/status`);
    const last = status.last_answer_at ? `the last answer ${dated(status.last_answer_at)}` : "no answer yet";
    place.textContent = `${counted(status.labelled)} of ${counted(status.rows)} rows labelled; ${last}`;
  } catch (problem) {
    place.textContent = problem instanceof Refused && problem.status === 401 ? problem.message : `It does not answer: ${problem.message}`;
  }
}

function showAll() {
  if (!document.hidden) document.querySelectorAll("[data-path]").forEach(show);
}

showAll();
setInterval(showAll, EVERY);
document.addEventListener("visibilitychange", showAll);
