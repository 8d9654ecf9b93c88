// Where somebody is logged in, and logging out there.

import { ROOT, get, post } from "./api.js";
import { byId, dated, element } from "./build.js";

export function setUpSessions() {
  byId("log-out")?.addEventListener("click", () => leave("/api/logout"));
  byId("log-out-everywhere")?.addEventListener("click", () => leave("/api/logout/everywhere"));
}

export async function drawSessions() {
  const place = byId("sessions");
  if (!place) return;
  const { sessions } = await get("/api/sessions");
  place.replaceChildren(...sessions.map(describe));
}

async function leave(path) {
  await post(path);
  location.assign(`${ROOT}/`);
}

function describe(session) {
  const since = session.started_at && dated(session.started_at);
  const parts = [session.browser, session.address, since].filter(Boolean);
  const item = element("li", {}, parts.join(", "));
  if (session.here) item.append(" ", element("strong", {}, "This one"));
  return item;
}
