// Answer rows of a list, by the keys of the page to label on; take back what was answered there.

import { get, me, randomKey } from "./api.js";
import { announce, byId, element } from "./build.js";
import { setUpDisplay } from "./display.js";
import { Keys, classKeys, keyName } from "./keys.js";
import { Outbox, showSaved } from "./outbox.js";
import { drawResult, sayOthers, showKnown } from "./results.js";

// The rows of a page that is a list; nothing if it stays unknown who asks.
export async function answerResults(project, more) {
  try {
    return new Answering(project, byId("results"), await me(), { more });
  } catch (problem) {
    byId("total").textContent = problem.message;
    return null;
  }
}

export class Answering {
  // place: the list; more: other actions with keys; settles: whether what is chosen decides
  constructor(project, place, mine, { more = [], settles = false } = {}) {
    Object.assign(this, { project, place, mine, settles });
    this.seesAll = mine.role !== "annotator";
    this.known = new Map(); // by row: the own answer, and what colleagues said
    this.given = []; // on this page, the last at the end
    this.wanted = null; // a row that undo brings back to the list
    const { space } = document.body.dataset;
    this.undoButton = element("button", { type: "button", id: "undo", hidden: "" }, element("kbd", { "aria-hidden": "true" }), "Undo");
    this.undoButton.addEventListener("click", () => this.undo());
    place.before(element("p", { class: "undo" }, this.undoButton));
    // The same space as on the page to label on, so that changed keys hold here too.
    const help = { id: "help", name: "These keys", key: "?", run: () => {} };
    this.keys = new Keys(space, [...this.actions(), ...more, help]);
    this.freeKeys();
    help.run = setUpDisplay(this.keys, () => this.showKeys());
    this.showKeys();
    this.outbox = new Outbox(`${space}:${mine.name}`, showSaved, (answer) => this.refused(answer));
    this.outbox.flush();
    addEventListener("keydown", (event) => event.key === "Escape" && this.leave(event.target.closest?.(".result")));
  }

  actions() {
    const letters = classKeys(this.project.classes);
    // Arrows scroll a page that is more than a list.
    const when = () => !this.settles || Boolean(this.here());
    const on = (kind, label) => () => this.here() && this.choose(this.here(), { kind, label });
    const classes = this.project.classes.map((label, i) => ({
      id: `class ${label}`, name: label, key: letters[i], run: on("label", label),
    }));
    return [
      ...classes,
      { id: "unsure", name: "Unsure: nobody can tell", key: "u", run: on("unsure", null) },
      { id: "skip", name: "Skip: not this one", key: "s", run: on("skip", null) },
      { id: "undo", name: "Undo the last answer", key: "z", run: () => this.undo() },
      { id: "row-down", name: "Next row", key: "ArrowDown", run: () => this.go(1), repeats: true, when },
      { id: "row-up", name: "Row before", key: "ArrowUp", run: () => this.go(-1), repeats: true, when },
      { id: "row-next", name: "Next row, too", key: "j", run: () => this.go(1), repeats: true },
      { id: "row-before", name: "Row before, too", key: "k", run: () => this.go(-1), repeats: true },
    ];
  }

  // With many classes, or after a change on the page to label on, a class may have the key.
  freeKeys() {
    const taken = new Set();
    for (const action of this.keys.actions) {
      if (taken.has(this.keys.keyOf(action))) action.key = "";
      taken.add(this.keys.keyOf(action));
    }
  }

  draw(row, { extra = [], above = [] } = {}) {
    const changed = row.content_changed ? [element("p", { class: "hint disputed" }, "The row got other content after it was answered.")] : [];
    const item = drawResult(row, this.project, { choose: (one, given) => this.choose(one, given), extra, above: [...above, ...changed] });
    if (!this.known.has(row.row)) this.remember(row);
    item.dataset.id = row.id;
    this.showKeysOf(item);
    showKnown(item, this.known.get(row.row));
    return item;
  }

  remember(row) {
    const own = row.answers.find((answer) => answer.annotator === this.mine.name) ?? null;
    this.known.set(row.row, { id: row.id, own, others: row.others });
  }

  // Before other rows are shown: what the server knows of them is newer.
  clear() {
    this.known.clear();
    this.place.replaceChildren();
  }

  here() {
    return document.activeElement.closest?.(".result");
  }

  choose(item, given, second = false) {
    const row = Number(item.dataset.row);
    const { own, others, id } = this.known.get(row);
    const settles = this.settles || second === "settle" || Boolean(own?.settles);
    if (own && own.kind === given.kind && own.label === given.label && Boolean(own.settles) === settles) {
      announce(`Row ${id} is ${nameOf(own)} already.`);
      return this.go(1, item);
    }
    const isFirst = !own && !settles && !second;
    if (isFirst && others.some((other) => other.kind === "label")) return this.ask(item, given);
    this.leave(item);
    const replaced = own && (own.settles || !settles) ? own : null;
    if (replaced) this.takeBack(replaced);
    const channel = settles ? "settle" : replaced ? null : "search";
    const now = this.send(row, { ...given, note: replaced?.note ?? null, tags: replaced?.tags ?? [], channel, second: second === true });
    this.given.push({ row, now, replaced, before: own });
    this.set(row, now);
    announce(replaced ? `Row ${id}: changed from ${nameOf(replaced)} to ${nameOf(given)}.` : `Row ${id} is ${nameOf(given)}.`);
    item.focus();
    return this.go(1, item);
  }

  // A label of a colleague is shown before a second one is given.
  ask(item, given) {
    this.leave(item);
    const { others } = this.known.get(Number(item.dataset.row));
    const make = (text, run) => {
      const button = element("button", { type: "button" }, text);
      button.addEventListener("click", run);
      return button;
    };
    const name = nameOf(given);
    const question = `${sayOthers(others)}. Label it too?`;
    const box = element("div", { class: "ask", role: "group", "aria-label": question }, element("p", {}, question),
      make(`Yes, ${name} is my label`, () => this.choose(item, given, true)));
    if (this.seesAll) box.append(make(`Decide that it is ${name}`, () => this.choose(item, given, "settle")));
    box.append(make("Leave it", () => this.leave(item)));
    item.append(box);
    box.querySelector("button").focus();
    box.scrollIntoView({ block: "nearest" });
  }

  leave(item) {
    const box = item?.querySelector(".ask");
    if (!box) return;
    box.remove();
    item.focus();
  }

  undo() {
    const last = this.given.pop();
    this.showUndo();
    if (!last) return announce("There is nothing to take back on this page.");
    const { row, now, replaced, before } = last;
    const { id } = this.known.get(row) ?? now;
    this.takeBack(now);
    const again = replaced ? this.again(replaced) : before;
    this.set(row, again);
    const item = this.place.querySelector(`[data-row="${row}"]`);
    item?.focus();
    item?.scrollIntoView({ block: "nearest" });
    this.wanted = item ? null : row;
    const what = now.settles ? `the decision ${nameOf(now)}` : nameOf(now);
    return announce(`Taken back: ${what}, of row ${id}.${replaced ? ` It is ${nameOf(replaced)} again.` : ""}`);
  }

  // An answer that comes back is a new one, which is what an earlier undo on this page takes back.
  again(answer) {
    const eventOf = ({ event, key }) => event ?? this.outbox.events.get(key);
    const isIt = (other) => other === answer || (eventOf(other) && eventOf(other) === eventOf(answer));
    const made = this.send(answer.row, { ...answer, channel: answer.settles ? "settle" : null });
    for (const one of this.given) if (isIt(one.now)) one.now = made;
    return made;
  }

  send(row, { kind, label, note, tags, channel, second }) {
    const answer = { row, kind, label, note, tags, channel, second: Boolean(second), key: randomKey() };
    this.outbox.label(answer);
    return { ...answer, id: this.known.get(row)?.id, settles: channel === "settle", annotator: this.mine.name };
  }

  takeBack({ event, key }) {
    this.outbox.undo(randomKey(), event, key);
  }

  set(row, own) {
    const known = this.known.get(row);
    if (known) known.own = own;
    this.show(row);
  }

  showUndo() {
    this.undoButton.hidden = !this.given.length;
  }

  show(row) {
    this.showUndo();
    const known = this.known.get(row);
    if (known) this.place.querySelectorAll(`[data-row="${row}"]`).forEach((item) => showKnown(item, known));
  }

  // The server knows why; what it knows of the row is shown.
  async refused({ row, key }) {
    this.given = this.given.filter((one) => one.now.key !== key);
    try {
      this.remember(await get(`/api/rows/${row}`));
    } catch {
      this.set(row, null);
      return;
    }
    this.show(row);
    const { id, own, others } = this.known.get(row);
    if (!own && others.length) announce(`Not recorded: row ${id} was labelled meanwhile. ${sayOthers(others)}.`);
  }

  go(by, from = this.here()) {
    const all = [...this.place.querySelectorAll(".result")];
    if (!all.length) return;
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(from) + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  showKeys() {
    this.showKeysOf(this.place);
    const undo = this.keys.actions.find((action) => action.id === "undo");
    this.undoButton.querySelector("kbd").textContent = keyName(this.keys.keyOf(undo));
  }

  showKeysOf(place) {
    const keys = new Map(this.keys.actions.map((action) => [action.id, this.keys.keyOf(action)]));
    for (const button of place.querySelectorAll(".act [data-action]")) {
      const key = keys.get(button.dataset.action) ?? "";
      const shown = button.querySelector("kbd");
      shown.textContent = keyName(key);
      shown.hidden = !key;
      if (key) button.setAttribute("aria-keyshortcuts", key);
    }
  }
}

function nameOf({ kind, label }) {
  return kind === "label" ? label : kind === "skip" ? "skipped" : kind;
}
