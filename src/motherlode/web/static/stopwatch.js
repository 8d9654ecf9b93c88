// Seconds that somebody looked at a row: not while the page is hidden, nor after long stillness.

const STILL = 60000;

export class Stopwatch {
  constructor() {
    this.spent = 0;
    this.since = null;
    this.moved = performance.now();
    for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove", "scroll"]) {
      addEventListener(kind, () => this.stir(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.stir()));
    addEventListener("blur", () => this.pause());
    addEventListener("focus", () => this.stir());
    this.start();
  }

  start(spent = 0) {
    this.spent = 1000 * spent;
    this.since = document.hidden ? null : performance.now();
    this.moved = performance.now();
  }

  stir() {
    if (document.hidden) return;
    this.pause();
    this.since = this.moved = performance.now();
  }

  pause() {
    if (this.since === null) return;
    const end = Math.min(performance.now(), this.moved + STILL);
    this.spent += Math.max(0, end - this.since);
    this.since = null;
  }

  seconds() {
    this.stir();
    return Math.round(this.spent / 10) / 100;
  }
}
