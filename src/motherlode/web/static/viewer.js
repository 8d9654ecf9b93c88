// The picture of a row: zoom, pan, contrast and inverted, by buttons, keys, wheel and drag.

import { element } from "./build.js";
import { keyName, load, save } from "./keys.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8, 12];
const CONTRASTS = [0.5, 0.75, 1, 1.5, 2, 3, 4];
const NAME = "motherlode:picture";

export class Viewer {
  constructor() {
    this.image = null;
    this.look = { contrast: 1, invert: false, ...load(NAME) }; // of all pictures, until changed
    this.changed = () => {};
    window.addEventListener("resize", () => this.image && this.scale === 1 && this.fit());
  }

  // Take over the picture that was drawn in a place, if there is one.
  show(place) {
    this.image = place.querySelector(".picture");
    if (!this.image) return;
    this.frame = element("div", { class: "frame", tabindex: "0", role: "group", "aria-label": "Picture; arrows move it when it is larger than its frame" });
    this.image.replaceWith(this.frame);
    this.frame.append(this.image);
    this.image.draggable = false;
    this.frame.addEventListener("keydown", (event) => this.pressed(event));
    this.frame.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.frame.addEventListener("pointerdown", (event) => this.grabbed(event));
    this.frame.addEventListener("dblclick", (event) => this.fill(event));
    this.image.addEventListener("load", () => this.fit());
    this.fit();
    this.paint();
  }

  actions() {
    return [
      { id: "zoom in", name: "Picture: larger", short: "Larger", key: "+", run: () => this.zoom(1), repeats: true },
      { id: "zoom out", name: "Picture: smaller", short: "Smaller", key: "-", run: () => this.zoom(-1), repeats: true },
      { id: "full size", name: "Picture: full size, or whole", short: "Full size", key: "f", run: () => this.fill() },
      { id: "more contrast", name: "Picture: more contrast", short: "Contrast up", key: ".", run: () => this.contrast(1), repeats: true },
      { id: "less contrast", name: "Picture: less contrast", short: "Contrast down", key: ",", run: () => this.contrast(-1), repeats: true },
      { id: "invert", name: "Picture: inverted", short: "Invert", key: "i", run: () => this.invert() },
    ];
  }

  drawTools(place, keys) {
    const tools = keys.actions.filter((action) => action.short).map((action) => {
      const button = element("button", { type: "button", class: "quiet", "data-tool": action.id, title: action.name }, action.short, " ",
        element("kbd", { "aria-hidden": "true" }, keyName(keys.keyOf(action))));
      button.addEventListener("click", action.run);
      return button;
    });
    place.replaceChildren(element("span", { class: "hint", id: "zoomed" }), ...tools);
    this.changed = () => {
      place.hidden = !this.image;
      place.querySelector("#zoomed").textContent = this.image ? this.said() : "";
      place.querySelector("[data-tool='invert']").setAttribute("aria-pressed", String(this.look.invert));
    };
    this.changed();
  }

  said() {
    const size = this.image.naturalWidth ? `${Math.round(100 * this.scale * this.whole)} %` : "";
    const contrast = this.look.contrast === 1 ? "" : `, contrast ${this.look.contrast}`;
    return size + contrast;
  }

  // Points on the screen for each of the picture, when it is shown as a whole.
  get whole() {
    return this.image.naturalWidth ? this.fitted / this.image.naturalWidth : 1;
  }

  fit() {
    this.scale = 1;
    const { image, frame } = this;
    image.style.removeProperty("width");
    image.style.removeProperty("max-width");
    image.style.removeProperty("max-height");
    frame.style.removeProperty("max-height");
    frame.classList.remove("large", "dots");
    this.fitInto(image);
    this.fitted = image.getBoundingClientRect().width || image.naturalWidth;
    this.changed();
  }

  // A whole picture, or the frame of a larger one, is seen without scrolling, however many buttons stand below it.
  fitInto(part) {
    const card = this.frame.parentElement, { paddingTop, paddingBottom } = getComputedStyle(card);
    const room = card.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
    if (part.getBoundingClientRect().height > room && room > 0) part.style.setProperty("max-height", `${room}px`);
  }

  zoom(by) {
    if (!this.image) return;
    const at = ZOOMS.findIndex((zoom) => zoom >= this.scale - 1e-9);
    const next = by > 0 ? ZOOMS.find((zoom) => zoom > this.scale + 1e-9) ?? ZOOMS.at(-1) : ZOOMS[Math.max(0, at - 1)];
    this.setScale(next);
  }

  fill(event) {
    if (!this.image) return;
    if (this.scale !== 1) this.fit();
    else this.setScale(Math.max(1.0001, 1 / this.whole) < 1.01 ? 2 : Math.max(1.0001, 1 / this.whole), event);
  }

  setScale(scale, event) {
    if (scale <= 1) return this.fit();
    const { image, frame } = this;
    if (this.scale === 1) this.fitted = image.getBoundingClientRect().width;
    const middle = () => {
      const box = frame.getBoundingClientRect();
      return event ? [event.clientX, event.clientY] : [box.left + frame.clientWidth / 2, box.top + frame.clientHeight / 2];
    };
    const [atX, atY] = middle(), now = image.getBoundingClientRect();
    const across = (atX - now.left) / now.width, down = (atY - now.top) / now.height;
    this.scale = scale;
    frame.classList.add("large");
    frame.style.removeProperty("max-height");
    frame.classList.toggle("dots", scale * this.whole >= 3);
    image.style.setProperty("width", `${this.fitted * scale}px`);
    image.style.setProperty("max-width", "none");
    image.style.setProperty("max-height", "none");
    this.fitInto(frame);
    const [x, y] = middle(), then = image.getBoundingClientRect();
    frame.scrollLeft += then.left + across * then.width - x;
    frame.scrollTop += then.top + down * then.height - y;
    this.changed();
    return undefined;
  }

  contrast(by) {
    const at = CONTRASTS.indexOf(this.look.contrast);
    this.look.contrast = CONTRASTS[Math.max(0, Math.min(CONTRASTS.length - 1, at + by))];
    this.paint();
  }

  invert() {
    this.look.invert = !this.look.invert;
    this.paint();
  }

  paint() {
    save(NAME, this.look);
    if (!this.image) return;
    const { contrast, invert } = this.look;
    const filter = [contrast === 1 ? "" : `contrast(${contrast})`, invert ? "invert(1)" : ""].filter(Boolean).join(" ");
    this.image.style.setProperty("filter", filter || "none");
    this.changed();
  }

  pressed(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (!way || this.scale === 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.frame.scrollBy({ left: 80 * way[0], top: 80 * way[1] });
  }

  wheeled(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const scale = this.scale * Math.exp(-event.deltaY / 300);
    this.setScale(Math.min(ZOOMS.at(-1), Math.max(1, scale)), event);
  }

  // A mouse drags the picture; fingers scroll it as they do everything.
  grabbed(event) {
    if (event.pointerType !== "mouse" || event.button !== 0 || this.scale === 1) return;
    const { frame } = this;
    let { clientX: x, clientY: y } = event;
    frame.setPointerCapture(event.pointerId);
    frame.classList.add("held");
    const move = (now) => {
      frame.scrollBy({ left: x - now.clientX, top: y - now.clientY, behavior: "instant" });
      x = now.clientX;
      y = now.clientY;
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("lostpointercapture", () => {
      frame.removeEventListener("pointermove", move);
      frame.classList.remove("held");
    }, { once: true });
  }
}
