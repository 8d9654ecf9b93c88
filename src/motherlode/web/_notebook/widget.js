// Labelling in a notebook: one view of a widget.

import { counted, element } from "../static/build.js";
import { Keys, classKeys, keyName } from "../static/keys.js";
import { drawRow } from "../static/row.js";

const SLOW = 1000;
const VERY_SLOW = 8000;
const OF_A_ROW = ["label", "skip"];

class LabelView {
  constructor(model, el) {
    this.model = model;
    this.id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.sent = []; // what the kernel has not acknowledged: {number, kind, row}
    this.drawn = null;
    this.build(el);
    this.keys = new Keys(`notebook:${this.about.classes.join(",")}`, this.actions(), this.root);
    this.root.addEventListener("keydown", keepFromHost);
    this.drawButtons();
    this.hear = { state: () => this.heard(), rows: () => this.draw(true), refused: (said) => this.refused(said) };
    model.on("change:state", this.hear.state);
    model.on("change:drawings", this.hear.rows);
    model.on("msg:custom", this.hear.refused);
    this.draw();
  }

  end() {
    clearTimeout(this.timer);
    this.model.off("change:state", this.hear.state);
    this.model.off("change:drawings", this.hear.rows);
    this.model.off("msg:custom", this.hear.refused);
  }

  get state() {
    return this.model.get("state");
  }

  get about() {
    return this.model.get("about");
  }

  build(el) {
    const part = (name, tag, attributes = {}) => (this[name] = element(tag, { class: name, ...attributes }));
    this.root = element("div", { class: "motherlode-label" },
      element("div", { class: "standing" }, part("counts", "span", { role: "status" }), part("saved", "span", { role: "status" })),
      this.row = element("div", { class: "one-row", role: "group", tabindex: 0, "aria-label": "The row", "aria-live": "polite" }),
      part("reason", "p"),
      element("div", { class: "answers", role: "group", "aria-label": "Your answer" }, part("classes", "div"), part("others", "div")),
      part("said", "p", { role: "status" }),
      part("hint", "p"),
      this.details = element("details", {}, element("summary", {}, "Details ", element("kbd", { "aria-hidden": "true" })), part("facts", "dl")),
      this.help = element("details", {}, element("summary", {}, "Keys ", element("kbd", { "aria-hidden": "true" })), part("table", "div")),
    );
    this.hint.textContent = "Click the row, or go to it by Tab, to use the keys.";
    el.append(this.root);
  }

  actions() {
    const letters = classKeys(this.about.classes);
    const classes = this.about.classes.map((name, code) => ({
      id: `class ${name}`, name, key: letters[code], run: () => this.act("label", { code }),
    }));
    return [
      ...classes,
      { id: "skip", name: "Skip: not this one", short: "Skip", key: "s", run: () => this.act("skip") },
      { id: "undo", name: "Undo the last answer", short: "Undo", key: "z", run: () => this.act("undo") },
      { id: "why", name: "Details", key: "w", run: () => toggle(this.details) },
      { id: "help", name: "These keys", key: "?", run: () => toggle(this.help) },
    ];
  }

  drawButtons() {
    const make = (action) => {
      const key = this.keys.keyOf(action);
      const button = element("button", { type: "button", "data-action": action.id, "aria-keyshortcuts": key },
        element("kbd", { "aria-hidden": "true" }, keyName(key)), element("span", { class: "name" }, action.short ?? action.name));
      button.addEventListener("click", () => {
        action.run();
        this.row.focus({ preventScroll: true });
      });
      return button;
    };
    const { actions } = this.keys;
    this.classes.replaceChildren(...actions.filter(({ id }) => id.startsWith("class ")).map(make));
    this.others.replaceChildren(...actions.filter(({ short }) => short).map(make));
    const [why, help] = ["why", "help"].map((id) => keyName(this.keys.keyOf(actions.find((one) => one.id === id))));
    this.details.querySelector("kbd").textContent = why;
    this.help.querySelector("kbd").textContent = help;
    this.table.replaceChildren(this.keys.table((id) => {
      this.drawButtons();
      this.table.querySelector(`[data-action="${CSS.escape(id)}"]`).focus();
      this.draw();
    }));
  }

  // Answers ---------------------------------------------------------------------------------

  act(kind, more = {}) {
    const row = this.current();
    if (this.isAway() || (OF_A_ROW.includes(kind) && row === undefined)) return;
    if (kind === "undo" && !this.canUndo()) {
      this.said.textContent = "There is nothing to take back.";
      return;
    }
    const number = Math.max(this.state.turn, this.sent.at(-1)?.number ?? 0) + 1;
    try {
      this.model.send({ by: this.id, number, kind, row, ...more });
      this.sent.push({ number, kind, row, since: performance.now() });
      this.said.textContent = "";
    } catch {
      this.said.textContent = "Not recorded: the kernel that this widget belongs to is gone. Run the cell again.";
    }
    this.draw();
  }

  heard() {
    const { turn, said } = this.state;
    this.sent = this.sent.filter(({ number }) => number > turn);
    if (this.said.textContent !== said) this.said.textContent = said;
    this.draw();
  }

  refused({ refused, number }) {
    if (refused !== this.id) return;
    this.sent = this.sent.filter((one) => one.number < number);
    this.draw();
    this.said.textContent = "Not recorded: this widget is also used elsewhere, and the row had changed there.";
  }

  // The row that is answered next: what is sent counts as done.
  current() {
    const done = new Set(this.sent.filter(({ kind }) => OF_A_ROW.includes(kind)).map(({ row }) => row));
    return this.state.queue.find((row) => !done.has(row) && this.model.get("drawings")[row]);
  }

  // After an undo the kernel says which row comes back.
  isAway() {
    return this.sent.some(({ kind }) => !OF_A_ROW.includes(kind));
  }

  canUndo() {
    return this.state.undo > 0 || this.sent.length > 0;
  }

  // Drawing ---------------------------------------------------------------------------------

  draw(again = false) {
    const row = this.isAway() ? undefined : this.current();
    const shown = row === undefined ? this.emptyMessage() : row;
    if (again || shown !== this.drawn) this.drawRow(row, shown);
    this.drawn = shown;
    for (const button of this.root.querySelectorAll(".answers [data-action]")) {
      const isReady = button.dataset.action === "undo" ? this.canUndo() : row !== undefined;
      button.setAttribute("aria-disabled", String(!isReady));
    }
    this.drawCounts();
    this.drawSaved();
  }

  drawRow(row, shown) {
    const drawing = this.model.get("drawings")[row];
    this.row.scrollTop = 0;
    this.reason.textContent = drawing?.reason ?? "";
    this.facts.replaceChildren();
    if (!drawing) {
      this.row.replaceChildren(element("p", { class: "empty" }, shown), ...this.offerAgain());
      return;
    }
    const made = drawRow(drawing, drawing);
    // Several views are on one page.
    made.querySelector("#row-text")?.removeAttribute("id");
    this.row.replaceChildren(element("p", { class: "row-title" }, `Row ${row}`), made);
    if (drawing.problem) this.row.append(element("p", { class: "broken" }, drawing.problem));
    if (drawing.hint) this.row.append(element("p", { class: "aside" }, drawing.hint));
    const facts = drawing.chances.map(([name, chance]) => [name, `${(100 * chance).toPrecision(3)} in 100`]);
    if (!facts.length) facts.push(["Probabilities", "once two classes are labelled"]);
    else facts.unshift(["By the model that asks", ""]);
    this.facts.replaceChildren(...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  }

  emptyMessage() {
    const { ended, working } = this.state;
    if (!this.sent.length && ended) return "There is no row left for you to answer. Thank you.";
    if (!this.sent.length && !working) return "The next row can’t be had.";
    return "The next row is on its way.";
  }

  offerAgain() {
    const { ended, working } = this.state;
    if (this.sent.length || ended || working) return [];
    const button = element("button", { type: "button", "data-action": "more" }, "Try again");
    button.addEventListener("click", () => {
      this.act("more");
      this.row.focus({ preventScroll: true });
    });
    return [button];
  }

  drawCounts() {
    const { labelled, found, queue } = this.state;
    const { rows, positive } = this.about;
    const left = queue.length - this.sent.filter(({ kind }) => OF_A_ROW.includes(kind)).length;
    const said = [`${counted(labelled)} of ${counted(rows)} rows labelled`];
    if (found !== null) said.push(`${counted(found)} ${positive} found`);
    said.push(`${counted(Math.max(0, left))} left in this batch`);
    this.counts.textContent = said.join(" · ");
  }

  drawSaved() {
    clearTimeout(this.timer);
    const waited = this.sent.length ? performance.now() - this.sent[0].since : 0;
    const many = this.sent.length === 1 ? "1 answer waits" : `${counted(this.sent.length)} answers wait`;
    let said = this.sent.length ? "" : "Saved";
    if (waited > SLOW) said = `${many} for the kernel`;
    if (waited > VERY_SLOW && !this.state.working) {
      said += ", which may be busy. If it was restarted, they are not recorded: run the cell again";
    }
    if (this.saved.textContent !== said) this.saved.textContent = said;
    if (this.sent.length) this.timer = setTimeout(() => this.drawSaved(), SLOW / 2);
  }
}

function toggle(details) {
  details.open = !details.open;
}

// The notebook has keys of its own: single letters that delete cells or undo.
function keepFromHost(event) {
  const isHosts = (event.ctrlKey || event.metaKey || event.altKey) && !event.defaultPrevented;
  if (!isHosts) event.stopPropagation();
}

export default {
  render({ model, el }) {
    const view = new LabelView(model, el);
    return () => view.end();
  },
};
