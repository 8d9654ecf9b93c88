// Note and tags of rows that are not answered with them yet: the browser keeps them.

import { load, save } from "./keys.js";

const MOST = 200;

export class Drafts {
  constructor(space) {
    this.name = `motherlode:${space}:drafts`;
  }

  of(row) {
    return load(this.name)[row] ?? null;
  }

  keep(row, { note, tags }) {
    const all = load(this.name);
    delete all[row];
    const rows = Object.keys(all);
    if (rows.length >= MOST) delete all[rows[0]];
    all[row] = { note, tags };
    save(this.name, all);
  }

  drop(row) {
    const all = load(this.name);
    if (!(row in all)) return;
    delete all[row];
    save(this.name, all);
  }
}
