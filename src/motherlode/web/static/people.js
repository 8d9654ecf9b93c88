// The page of people: accounts, parts of the rows, a pause, and one's own password.

import { ROOT, post, text } from "./api.js";
import { byId } from "./build.js";
import { drawAnew, sayChanged } from "./forms.js";

const RETRY_DELAY = 1500; // until the server is asked again for figures that are not ready
const now = byId("people-now");

now.addEventListener("submit", (event) => {
  event.preventDefault();
  save(event.target);
});
byId("password")?.addEventListener("submit", (event) => {
  event.preventDefault();
  changePassword(event.target);
});
drawLater();

async function save(form) {
  const first = form.dataset.do === "add" && !now.querySelector(".accounts");
  const { name } = form.dataset;
  if (form.dataset.do === "remove" && !confirm(`Remove ${name}? What ${name} labelled stays.`)) return;
  try {
    const [path, body, done] = request(form);
    const { said, notes } = await post(path, body);
    if (first) return location.assign(`${ROOT}/people`); // to log in
    await draw(form);
    sayChanged([...(said ?? [done])], notes ?? [], false);
  } catch (problem) {
    sayChanged([], [problem.message], true);
  }
  return undefined;
}

function request(form) {
  const { do: action, name, paused, disabled } = form.dataset;
  const value = (field) => form.elements[field].value.trim();
  if (action === "pause") return ["/api/settings", { paused: paused === "true" }];
  if (action === "role") return ["/api/accounts", { name, role: value("role") }, `${name} is ${value("role")} now.`];
  if (action === "reset") return ["/api/accounts", { name, password: form.elements.password.value }, `${name} has another password, and is logged out everywhere.`];
  if (action === "disable") return ["/api/accounts", { name, disabled: disabled === "true" }, disabled === "true" ? `${name} can’t log in for now.` : `${name} may log in again.`];
  if (action === "remove") return ["/api/accounts/remove", { name }, `${name} is removed.`];
  if (action === "add") return ["/api/accounts", { name: value("name"), role: value("role"), password: form.elements.password.value, is_new: true }, `${value("name")} may log in as ${value("role")}.`];
  if (action === "unassign") return ["/api/assigned", { annotator: name }];
  return ["/api/assigned", { annotator: value("name"), ...part(value("kind"), value("value")) }];
}

function part(kind, given) {
  if (kind === "where") return { where: given };
  if (kind === "share") return { share: Number(given.replace("%", "").replace(",", ".")) / 100 };
  return { ids: given.split(/[\s,;]+/).filter(Boolean) };
}

async function draw(sent) {
  drawAnew(now, await text("/people/now"), sent);
  const place = sent && !now.contains(document.activeElement) ? byId(sent.id) ?? byId("of-accounts") : null;
  const next = place?.querySelector("button") ?? place;
  if (next) {
    if (next === place) place.tabIndex = -1;
    next.focus();
  }
  drawLater();
}

function drawLater() {
  if (!now.querySelector("[data-pending]")) return;
  setTimeout(async () => {
    if (now.contains(document.activeElement)) return drawLater(); // somebody writes here
    try {
      await draw(null);
    } catch {
      drawLater(); // until the server is back
    }
    return undefined;
  }, RETRY_DELAY);
}

async function changePassword(form) {
  const { old, new: fresh } = form.elements;
  if (fresh.value !== byId("again").value) {
    sayChanged([], ["The two new passwords differ; nothing was changed."], true);
    byId("again").focus();
    return;
  }
  try {
    await post("/api/password", { old: old.value, new: fresh.value });
    form.reset();
    sayChanged(["Your password is another one now. Wherever else you were logged in, you are logged out."], [], false);
  } catch (problem) {
    sayChanged([], [problem.message], true);
  }
}
