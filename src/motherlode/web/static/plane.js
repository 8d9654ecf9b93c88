// Points on a canvas, drawn pixel by pixel so that 100,000 move smoothly, and the rows at a place.

const STEPS = 65535;
const CELLS = 128;
const NEAR = 9;
const MANY = 20000;
const CLOSEST = 200;
const FARTHEST = 0.8;

export class Plane {
  // places: Uint16Array of x and y of each row; known: label and score of each row
  constructor(canvas, places, known) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.places = places;
    this.n = places.length / 2;
    this.view = { x: 0, y: 0, size: 1 };
    this.cells = sortIntoCells(places);
    this.learn(known);
  }

  learn(known) {
    this.known = known;
    this.order = new Uint32Array(this.n);
    let first = 0;
    let last = this.n;
    for (let row = 0; row < this.n; row++) {
      if (known[2 * row]) this.order[--last] = row;
      else this.order[first++] = row;
    }
    this.unlabelled = first;
    this.atLevel = new Uint32Array(256);
    for (let row = 0; row < this.n; row++) this.atLevel[known[2 * row + 1]]++;
    this.ranked = orderByRank(known, this.n, this.atLevel);
  }

  // colours: Uint32Array of pixels, by label, or by level of rank
  draw(colours, byLabel) {
    const { width, height } = this.fitCanvas();
    const pixels = new Uint32Array(this.image.data.buffer).fill(0);
    const plain = this.dotSize();
    const ratio = devicePixelRatio || 1;
    const place = byLabel ? 0 : 1;
    const order = byLabel ? this.order : this.ranked; // what matters is drawn last, over the others
    for (let i = 0; i < this.n; i++) {
      const row = order[i];
      const size = this.known[2 * row] ? plain + Math.round(2 * ratio) : plain;
      const x = Math.round(this.across * this.places[2 * row] + this.left - size / 2);
      const y = Math.round(this.across * this.places[2 * row + 1] + this.top - size / 2);
      if (x < 0 || y < 0 || x + size > width || y + size > height) continue;
      const colour = colours[this.known[2 * row + place]];
      for (let line = y * width + x, end = line + size * width; line < end; line += width) {
        for (let at = line; at < line + size; at++) pixels[at] = colour;
      }
    }
    this.pen.putImageData(this.image, 0, 0);
  }

  // The canvas in pixels of the screen, and where points fall on it.
  fitCanvas() {
    const ratio = devicePixelRatio || 1;
    const { width, height, scale } = this.frame();
    const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * ratio)));
    if (!this.image || across !== this.canvas.width || down !== this.canvas.height) {
      Object.assign(this.canvas, { width: across, height: down });
      this.image = this.pen.createImageData(across, down);
    }
    this.across = (scale * ratio) / STEPS;
    this.left = (width / 2 - (0.5 + this.view.x) * scale) * ratio;
    this.top = (height / 2 - (0.5 + this.view.y) * scale) * ratio;
    return { width: across, height: down };
  }

  dotSize() {
    const least = this.n > MANY ? 2 : 3;
    return Math.max(2, Math.round((devicePixelRatio || 1) * Math.min(6, least + Math.log2(this.view.size) / 2)));
  }

  outline(corners, colour) {
    const ratio = devicePixelRatio || 1;
    Object.assign(this.pen, { strokeStyle: colour, lineWidth: 2 * ratio });
    this.pen.beginPath();
    for (const [x, y] of corners) this.pen.lineTo(x * ratio, y * ratio);
    this.pen.closePath();
    this.pen.stroke();
  }

  // Where the key Enter opens a row.
  cross(colour) {
    const ratio = devicePixelRatio || 1;
    const [x, y] = [this.canvas.width / 2, this.canvas.height / 2];
    Object.assign(this.pen, { strokeStyle: colour, lineWidth: 2 * ratio });
    this.pen.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      this.pen.moveTo(x + 5 * dx * ratio, y + 5 * dy * ratio);
      this.pen.lineTo(x + 13 * dx * ratio, y + 13 * dy * ratio);
    }
    this.pen.stroke();
  }

  frame() {
    const { width, height } = this.canvas.getBoundingClientRect();
    return { width, height, scale: Math.max(1, Math.min(width, height)) * this.view.size };
  }

  zoom(by, x, y) {
    const { width, height, scale } = this.frame();
    const size = Math.min(CLOSEST, Math.max(FARTHEST, this.view.size * by));
    const change = 1 / scale - this.view.size / (scale * size);
    this.view.x += ((x ?? width / 2) - width / 2) * change;
    this.view.y += ((y ?? height / 2) - height / 2) * change;
    this.view.size = size;
  }

  move(dx, dy) {
    const { scale } = this.frame();
    this.view.x -= dx / scale;
    this.view.y -= dy / scale;
  }

  // Calls act(row, x, y) for each row, with its place in the frame.
  each(act) {
    const { width, height, scale } = this.frame();
    for (let row = 0; row < this.n; row++) {
      act(row,
        (this.places[2 * row] / STEPS - 0.5 - this.view.x) * scale + width / 2,
        (this.places[2 * row + 1] / STEPS - 0.5 - this.view.y) * scale + height / 2);
    }
  }

  inside(corners) {
    const found = [];
    this.each((row, x, y) => {
      if (!this.known[2 * row] && isWithin(corners, x, y)) found.push(row);
    });
    return found;
  }

  nearest(x, y, within = NEAR) {
    const { width, height, scale } = this.frame();
    const place = (at, along, middle) => ((at - along / 2) / scale + 0.5 + middle) * STEPS;
    const [px, py, near] = [place(x, width, this.view.x), place(y, height, this.view.y), (within / scale) * STEPS];
    const cell = (at) => Math.max(0, Math.min(CELLS - 1, Math.floor(at / (STEPS + 1) * CELLS)));
    let best = null;
    let least = near * near;
    for (let j = cell(py - near); j <= cell(py + near); j++) {
      for (let i = cell(px - near); i <= cell(px + near); i++) {
        const at = i + CELLS * j;
        for (let k = this.cells.starts[at]; k < this.cells.starts[at + 1]; k++) {
          const row = this.cells.rows[k];
          const far = (this.places[2 * row] - px) ** 2 + (this.places[2 * row + 1] - py) ** 2;
          if (far < least) [best, least] = [row, far];
        }
      }
    }
    return best;
  }
}

// The least likely rows first, by counting: levels are few.
function orderByRank(known, n, atLevel) {
  const starts = new Uint32Array(256);
  for (let level = 1; level < 256; level++) starts[level] = starts[level - 1] + atLevel[level - 1];
  const order = new Uint32Array(n);
  for (let row = 0; row < n; row++) order[starts[known[2 * row + 1]]++] = row;
  return order;
}

function isWithin(corners, x, y) {
  let within = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [[ax, ay], [bx, by]] = [corners[i], corners[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

// Rows by the cells of a grid, so that the nearest is found among few.
function sortIntoCells(places) {
  const n = places.length / 2;
  const shift = 16 - Math.log2(CELLS);
  const of = (row) => (places[2 * row] >> shift) + CELLS * (places[2 * row + 1] >> shift);
  const starts = new Uint32Array(CELLS * CELLS + 1);
  for (let row = 0; row < n; row++) starts[of(row) + 1]++;
  for (let i = 0; i < CELLS * CELLS; i++) starts[i + 1] += starts[i];
  const rows = new Uint32Array(n);
  const filled = starts.slice();
  for (let row = 0; row < n; row++) rows[filled[of(row)]++] = row;
  return { starts, rows };
}
