// The dialog of keys and display, which every page has.

import { chosenName, me } from "./api.js";
import { byId } from "./build.js";
import { drawSessions } from "./sessions.js";

export function setUpDisplay(keys, changed = () => {}) {
  const dialog = byId("settings");
  const theme = byId("theme");
  const size = byId("size");
  theme.value = localStorage.getItem("motherlode:theme") || "system";
  size.value = localStorage.getItem("motherlode:size") || "100";
  theme.addEventListener("change", () => choose("theme", theme.value === "system" ? "" : theme.value));
  size.addEventListener("input", () => choose("size", size.value === "100" ? "" : size.value));
  byId("open-settings").addEventListener("click", () => open());
  byId("close-settings").addEventListener("click", () => dialog.close());
  setUpName();
  me().then((mine) => (byId("who").textContent = mine.name)).catch(() => {});
  const place = byId("keys");
  const draw = (focused) => {
    if (!keys) return;
    place.replaceChildren(keys.table((id) => {
      draw(id);
      changed();
    }));
    if (focused) place.querySelector(`[data-action="${focused}"]`)?.focus();
  };
  byId("keys-part").hidden = !keys;
  byId("reset-keys").addEventListener("click", () => {
    keys.reset();
    draw();
    changed();
  });
  function open() {
    draw();
    drawSessions().catch(() => {});
    dialog.showModal();
  }
  return open;
}

function choose(name, value) {
  const root = document.documentElement;
  if (value) localStorage.setItem(`motherlode:${name}`, value);
  else localStorage.removeItem(`motherlode:${name}`);
  if (name === "theme") {
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
  } else {
    root.style.fontSize = value ? `${value}%` : "";
  }
}

function setUpName() {
  const field = byId("annotator-name");
  if (!field) return;
  field.value = chosenName();
  me().then((mine) => (field.placeholder = mine.name)).catch(() => {});
  field.addEventListener("change", () => {
    const name = field.value.trim();
    if (name) localStorage.setItem("motherlode:name", name);
    else localStorage.removeItem("motherlode:name");
    location.reload();
  });
}
