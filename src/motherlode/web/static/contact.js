// The contact sheet: the next pictures at once, to mark many and send their labels together.

import { announce, byId, counted, element } from "./build.js";
import { Keys, keyName } from "./keys.js";

export class ContactSheet {
  // take: gives rows to mark, of a number; send: records [row, label] pairs with their seconds;
  // undo: takes the last answers back, of a number
  constructor(space, project, classActions, { take, send, undo, closed }) {
    Object.assign(this, { project, take, send, undo });
    this.sent = []; // what was given last, since the sheet was opened
    this.dialog = byId("contact");
    this.tiles = byId("contact-tiles");
    this.marks = new Map();
    this.rows = [];
    this.keys = new Keys(space, this.actions(classActions), this.dialog);
    this.dialog.addEventListener("close", closed);
    byId("close-contact").addEventListener("click", () => this.dialog.close());
    byId("contact-send").addEventListener("click", () => this.submit());
    byId("contact-undo").addEventListener("click", () => this.takeBack());
    byId("contact-size").addEventListener("change", () => this.fill());
  }

  get isOpen() {
    return this.dialog.open;
  }

  actions(classActions) {
    const classes = classActions.map(({ id, name, key }) => ({ id, name, key, run: () => this.mark(name) }));
    return [
      ...classes,
      { id: "undo", name: "Unmark", key: "z", run: () => this.mark(null) },
      { id: "back", name: "Picture before", key: "ArrowLeft", run: () => this.go(-1), repeats: true },
      { id: "forward", name: "Next picture", key: "ArrowRight", run: () => this.go(1), repeats: true },
      { id: "up", name: "Row of pictures above", key: "ArrowUp", run: () => this.go(-this.across()), repeats: true },
      { id: "down", name: "Row of pictures below", key: "ArrowDown", run: () => this.go(this.across()), repeats: true },
      { id: "send", name: "Give the labels", key: "Enter", run: () => this.submit() },
    ];
  }

  async open() {
    this.sent = [];
    this.dialog.showModal();
    this.drawClasses();
    await this.fill();
  }

  async fill() {
    byId("contact-said").textContent = "The pictures are on their way.";
    this.rows = await this.take(Number(byId("contact-size").value));
    const here = new Set(this.rows.map((row) => row.row));
    for (const row of [...this.marks.keys()]) if (!here.has(row)) this.marks.delete(row);
    this.since = performance.now();
    this.tiles.replaceChildren(...this.rows.map((row) => this.tile(row)));
    this.draw();
    this.tiles.querySelector("button")?.focus();
  }

  tile(row) {
    const image = element("img", { src: row.image, alt: `Image of row ${row.id}`, loading: "lazy" });
    const button = element("button", { type: "button", class: "tile-of-sheet", "data-row": row.row },
      image, element("span", { class: "name" }, row.id), element("span", { class: "tag mark-of-tile", hidden: "" }));
    button.addEventListener("click", () => {
      this.chosen = row.row;
      this.markOf(row.row, this.next(row.row));
    });
    button.addEventListener("focus", () => { this.chosen = row.row; });
    return element("li", {}, button);
  }

  // A click goes round: the class that is looked for, the other classes, and no label.
  next(row) {
    const { classes, positiveClasses } = this.project;
    const order = [...positiveClasses, ...classes.filter((name) => !positiveClasses.includes(name)), null];
    const at = this.marks.has(row) ? order.indexOf(this.marks.get(row)) : order.length - 1;
    return order[(at + 1) % order.length];
  }

  drawClasses() {
    const classes = this.keys.actions.filter((action) => action.id.startsWith("class "));
    byId("contact-classes").replaceChildren(...classes.map((action, i) => {
      const button = element("button", { type: "button", class: `class c${i % 9}` },
        element("kbd", { "aria-hidden": "true" }, keyName(this.keys.keyOf(action))), element("span", { class: "name" }, action.name));
      button.addEventListener("click", action.run);
      const rest = element("button", { type: "button", class: "quiet" }, `All others ${action.name}`);
      rest.addEventListener("click", () => this.markOthers(action.name));
      return element("div", {}, button, rest);
    }));
  }

  mark(label) {
    if (this.chosen === undefined) return;
    this.markOf(this.chosen, label);
    if (label !== null) this.go(1);
    else this.focus(this.chosen);
  }

  markOf(row, label) {
    if (label === null) this.marks.delete(row);
    else this.marks.set(row, label);
    this.draw();
  }

  markOthers(label) {
    for (const { row } of this.rows) if (!this.marks.has(row)) this.marks.set(row, label);
    this.draw();
    byId("contact-send").focus();
  }

  draw() {
    for (const button of this.tiles.querySelectorAll("button")) {
      const label = this.marks.get(Number(button.dataset.row));
      const tag = button.querySelector(".mark-of-tile");
      button.classList.remove(...[...button.classList].filter((name) => /^c\d$/.test(name)));
      if (label !== undefined) button.classList.add(`c${this.project.classes.indexOf(label) % 9}`);
      button.classList.toggle("marked", label !== undefined);
      tag.hidden = label === undefined;
      tag.textContent = label ?? "";
    }
    const many = this.marks.size;
    const send = byId("contact-send");
    send.disabled = !many;
    send.textContent = many === 1 ? "Give 1 label" : many ? `Give ${counted(many)} labels` : "Give no label";
    const undo = byId("contact-undo"), given = this.sent.length;
    undo.hidden = !given;
    undo.textContent = given === 1 ? "Take 1 label back" : `Take ${counted(given)} labels back`;
    byId("contact-said").textContent = this.rows.length
      ? `${counted(this.rows.length)} pictures, ${counted(many)} marked. A key marks the chosen one, a click goes through the classes.`
      : "There is no picture left for you to mark.";
  }

  async submit() {
    if (!this.marks.size) return announce("Mark some pictures first.");
    const seconds = (performance.now() - this.since) / 1000 / this.marks.size;
    const pairs = this.rows.filter(({ row }) => this.marks.has(row)).map((row) => [row, this.marks.get(row.row)]);
    this.marks.clear();
    this.sent = pairs;
    this.send(pairs, Math.min(86400, Math.round(100 * seconds) / 100));
    await this.fill();
    byId("contact-said").textContent = `${counted(pairs.length)} given. ${byId("contact-said").textContent}`;
    return undefined;
  }

  // The pictures come back with their marks, to be corrected and given again.
  async takeBack() {
    const { sent } = this;
    this.sent = [];
    this.draw();
    await this.undo(sent.length);
    for (const [{ row }, label] of sent) this.marks.set(row, label);
    await this.fill();
    byId("contact-said").textContent = `Taken back: ${counted(sent.length)}. ${byId("contact-said").textContent}`;
  }

  across() {
    const all = [...this.tiles.children];
    const below = all.findIndex((tile) => tile.offsetTop > all[0].offsetTop);
    return below < 0 ? all.length : below;
  }

  go(by) {
    const at = this.rows.findIndex(({ row }) => row === this.chosen);
    const to = this.rows[Math.max(0, Math.min(this.rows.length - 1, at + by))];
    if (to) this.focus(to.row);
  }

  focus(row) {
    this.tiles.querySelector(`[data-row="${row}"]`)?.focus();
  }
}
