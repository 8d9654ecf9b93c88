// Answers that wait: the browser keeps them until the server has them on its disk.
//
// Each has a key of its own in localStorage, so that two tabs do not overwrite each other, and a
// random key for the server, so that an answer sent twice is recorded once.

import { Refused, post } from "./api.js";
import { announce, byId, counted } from "./build.js";

const MOST_TOGETHER = 100;
const LONGEST_WAIT = 10000;

// In the bar of the page: what is saved, and what waits and why.
export function showSaved(state, waiting, problem, refused) {
  const place = byId("saved");
  const many = waiting === 1 ? "1 answer" : `${counted(waiting)} answers`;
  const said = {
    saved: "Saved",
    sending: waiting ? "Saving" : "Saved",
    offline: `Offline: ${many} kept here`,
    closed: `${problem} ${many} kept here.`,
  }[state];
  if (place.textContent !== said) place.textContent = said;
  place.dataset.state = state === "sending" && !waiting ? "saved" : state;
  if (refused.length) announce(`Not recorded: ${refused.splice(0).join(" ")}`);
}

export class Outbox {
  // changed: called when what waits changes; dropped: with an answer that the server refused
  constructor(space, changed, dropped = () => {}) {
    this.prefix = `motherlode:${space}:op:`;
    this.changed = changed;
    this.dropped = dropped;
    this.unstored = new Map();
    this.events = new Map();
    this.count = 0;
    this.busy = false;
    this.wait = 1000;
    this.timer = 0;
    this.refused = [];
    addEventListener("online", () => this.flush());
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.prefix)) this.report();
    });
    addEventListener("beforeunload", (event) => {
      if (this.unstored.size) event.preventDefault();
    });
  }

  label(answer) {
    this.add({ type: "label", answer });
  }

  undo(key, event, of) {
    this.add({ type: "undo", key, event: event ?? this.events.get(of), of });
  }

  add(operation) {
    const order = `${String(Date.now()).padStart(15, "0")}-${String(this.count++).padStart(6, "0")}`;
    this.store(`${this.prefix}${order}-${Math.random().toString(36).slice(2, 8)}`, operation);
    this.state = this.state === "offline" ? "offline" : "sending";
    this.report();
    this.flush();
  }

  store(name, operation) {
    try {
      localStorage.setItem(name, JSON.stringify(operation));
    } catch {
      this.unstored.set(name, operation); // storage is full or forbidden
    }
  }

  drop(name) {
    this.unstored.delete(name);
    localStorage.removeItem(name);
  }

  waiting() {
    const names = [...this.unstored.keys()];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(this.prefix)) names.push(name);
    }
    return names.sort().map((name) => [name, this.read(name)]).filter(([, op]) => op);
  }

  read(name) {
    try {
      return this.unstored.get(name) ?? JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      if (navigator.locks) await navigator.locks.request(this.prefix, () => this.send());
      else await this.send();
      this.wait = 1000;
      this.state = "saved";
    } catch (problem) {
      this.state = problem instanceof Refused ? "closed" : "offline";
      this.problem = problem.message;
      this.timer = setTimeout(() => this.flush(), this.wait);
      this.wait = Math.min(LONGEST_WAIT, 2 * this.wait);
    } finally {
      this.busy = false;
    }
    this.report();
    if (this.state === "saved" && this.waiting().length) this.flush();
  }

  async send() {
    for (let all = this.waiting(); all.length; all = this.waiting()) {
      const [name, first] = all[0];
      if (first.type === "undo") await this.sendUndo(name, first);
      else await this.sendLabels(takeTogether(all));
      this.report();
    }
  }

  async sendLabels(few) {
    try {
      const body = { labels: few.map(([, operation]) => operation.answer) };
      const { events } = await post("/api/labels", body);
      few.forEach(([name, operation], i) => {
        this.setEvent(operation.answer.key, events[i]);
        this.drop(name);
      });
    } catch (problem) {
      if (!isRefused(problem)) throw problem;
      if (few.length > 1) {
        for (const one of few) await this.sendLabels([one]);
      } else {
        this.giveUp(few[0][0], problem);
        this.dropped(few[0][1].answer);
      }
    }
  }

  async sendUndo(name, { event, key }) {
    try {
      // Without an event the answer was refused, so there is nothing to take back.
      if (event) await post("/api/undo", { event, key });
      this.drop(name);
    } catch (problem) {
      if (!isRefused(problem)) throw problem;
      this.giveUp(name, problem);
    }
  }

  setEvent(key, event) {
    this.events.set(key, event);
    for (const [name, operation] of this.waiting()) {
      if (operation.type === "undo" && operation.of === key) this.store(name, { ...operation, event });
    }
  }

  giveUp(name, problem) {
    this.refused.push(problem.message);
    this.drop(name);
  }

  report() {
    this.changed(this.state ?? "sending", this.waiting().length, this.problem, this.refused);
  }
}

function takeTogether(all) {
  const few = [];
  const rows = new Set();
  for (const one of all) {
    const { type, answer } = one[1];
    if (type !== "label" || rows.has(answer.row) || few.length === MOST_TOGETHER) break;
    rows.add(answer.row);
    few.push(one);
  }
  return few;
}

function isRefused(problem) {
  return problem instanceof Refused && problem.status !== 401 && problem.status !== 403;
}
