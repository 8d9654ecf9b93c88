// Keys and their actions: defaults, changes by the annotator, and the table that `?` opens.

import { element } from "./build.js";

// Letters that no page has for something else; the terminal has the same.
const MORE = "0abdehjklopqrvxy";
const SHOWN = {
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
  " ": "Space", Enter: "⏎", Backspace: "⌫", Escape: "Esc",
};

export class Keys {
  // actions: [{id, name, key, run, repeats, when}]; place: where their keys are heard
  // Changed keys are kept by the id of the action, one list for all pages of a project.
  constructor(space, actions, place = document) {
    this.name = `motherlode:${space}:keys`;
    this.place = place;
    this.actions = actions;
    this.changed = load(this.name);
    place.addEventListener("keydown", (event) => this.pressed(event));
  }

  keyOf(action) {
    return this.changed[action.id] ?? action.key;
  }

  pressed(event) {
    if (event.defaultPrevented || event.isComposing || this.isBehind()) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z";
    if ((event.ctrlKey || event.metaKey || event.altKey) && !undo) return;
    const key = undo ? this.keyOf(this.actions.find((a) => a.id === "undo") ?? {}) : keyPressed(event);
    const action = this.actions.find((a) => this.keyOf(a) === key);
    if (!action || action.when?.() === false) return;
    // These two press a button that has the focus, whatever else they do.
    if ((key === " " || key === "Enter") && event.target.closest?.("button, a, summary")) return;
    event.preventDefault();
    if (!event.repeat || action.repeats) action.run();
  }

  // A dialog that is open has keys of its own, or none.
  isBehind() {
    const dialogs = [...document.querySelectorAll("dialog[open]")];
    return dialogs.length > 0 && dialogs.at(-1) !== this.place;
  }

  keyOfId(id) {
    const action = this.actions.find((one) => one.id === id);
    return action ? this.keyOf(action) : "";
  }

  change(action, key) {
    this.changed = load(this.name);
    const other = this.actions.find((a) => a !== action && this.keyOf(a) === key);
    if (other) this.changed[other.id] = this.keyOf(action);
    this.changed[action.id] = key;
    save(this.name, this.changed);
  }

  reset() {
    this.changed = {};
    save(this.name, this.changed);
  }

  table(after) {
    const body = element("tbody");
    for (const action of this.actions) body.append(this.line(action, after));
    const head = element("tr", {}, heading("What"), heading("Key"), heading("Another key"));
    return element("table", { class: "keys" }, element("thead", {}, head), body);
  }

  line(action, after) {
    const button = element("button", { type: "button", class: "quiet" }, "Change");
    button.setAttribute("aria-label", `Change the key for: ${action.name}`);
    button.addEventListener("click", () => {
      button.textContent = "Press a key…";
      button.addEventListener("keydown", (event) => {
        if (["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key !== "Escape") this.change(action, keyPressed(event));
        after(action.id);
      }, { once: false });
    }, { once: true });
    button.dataset.action = action.id;
    const key = element("kbd", {}, keyName(this.keyOf(action)));
    return element("tr", {}, element("td", {}, action.name), element("td", {}, key), element("td", {}, button));
  }
}

export function classKeys(classes) {
  return classes.map((_, i) => (i < 9 ? String(i + 1) : MORE[i - 9] ?? ""));
}

// Keys of tags: the last letters, which the fewest classes have.
export function tagKeys(tags, classes) {
  const taken = new Set(classKeys(classes));
  const free = [...MORE].reverse().filter((key) => !taken.has(key));
  return tags.map((_, i) => free[i] ?? "");
}

export function keyName(key) {
  return SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

function keyPressed(event) {
  // Keyboards where digits need Shift still have them as keys.
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit && !event.shiftKey) return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function heading(text) {
  return element("th", { scope: "col" }, text);
}

export function load(name, otherwise = {}) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function save(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Without storage it holds until the page is closed.
  }
}
