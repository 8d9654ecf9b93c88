// Seconds that somebody looked at a row, without times when the page is hidden or nothing moves.

const LONGEST_STILL = 60000;

export class Stopwatch {
  constructor() {
    this.spent = 0;
    this.since = null;
    this.moved = performance.now();
    for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove", "scroll"]) {
      addEventListener(kind, () => this.resume(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.resume()));
    addEventListener("blur", () => this.pause());
    addEventListener("focus", () => this.resume());
    this.start();
  }

  start(spent = 0) {
    this.spent = 1000 * spent;
    this.since = document.hidden ? null : performance.now();
    this.moved = performance.now();
  }

  resume() {
    if (document.hidden) return;
    this.pause();
    this.since = this.moved = performance.now();
  }

  pause() {
    if (this.since === null) return;
    const end = Math.min(performance.now(), this.moved + LONGEST_STILL);
    this.spent += Math.max(0, end - this.since);
    this.since = null;
  }

  seconds() {
    this.resume();
    return Math.round(this.spent / 10) / 100;
  }
}
