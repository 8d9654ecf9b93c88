"""``python -m benchmarks.serving.page``: the page in a browser at 100,000 rows, trainer running.

Keys are pressed as a person's are, and the time is from the key, by the browser's own stamp, until
two animation frames after the next row is in the page: a little more than the wait that is seen.
Beside it stands what the browser itself calls the time to the next paint (Event Timing). Pressing
begins with the first row, while the server still reads the pool. The map is moved and zoomed by
mouse, and the time between its frames is taken.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from .server import Server, make, points, serving, texts

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
_WATCH = """
localStorage.setItem("motherlode:name", "ann");
window.painted = [];
window.stamped = [];
let at = null;
addEventListener("keydown", (event) => { at = event.timeStamp; }, true);
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("row");
  if (!place) return;
  new MutationObserver(() => {
    if (at === null || !place.querySelector(":scope > .text, :scope > .fields")) return;
    const since = at;
    at = null;
    const note = () => painted.push(performance.now() - since);
    requestAnimationFrame(() => requestAnimationFrame(note));
  }).observe(place, { childList: true });
});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") stamped.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16 });
"""
_NOTHING_AHEAD = """
const asked = window.fetch;
window.fetch = (path, how) => asked(String(path).replace(/next\\?n=\\d+/, "next?n=1"), how);
"""
_FRAMES = """
() => {
  window.frames_ = [];
  let before = performance.now();
  const look = (now) => { frames_.push(now - before); before = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);
}
"""


def opened(browser: Browser, server: Server, *scripts: str) -> Page:
    """The page to label on, with the first row there."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for script in (_WATCH, *scripts):
        page.add_init_script(script)
    page.goto(server.link)
    page.wait_for_selector("#row > .text, #row > .fields")
    return page


def keys(page: Page, presses: int, pace: float) -> tuple[list[float], list[float]]:
    """Milliseconds from key to paint, as measured and as the browser has them."""
    for i in range(presses):
        begun = time.monotonic()
        seen = page.text_content("#row") or ""
        page.keyboard.press("2" if "goldvein" in seen else "1")
        page.wait_for_function("n => painted.length >= n", arg=i + 1)
        page.wait_for_timeout(max(0.0, 1e3 * (pace - (time.monotonic() - begun))))
    return page.evaluate("painted"), page.evaluate("stamped")


def map_frames(page: Page, server: Server, seconds: float) -> list[float]:
    """Milliseconds between frames while the map is zoomed and moved."""
    page.goto(f"{server.address}map")
    page.wait_for_selector("#message:has-text('rows.')", timeout=120_000)
    box: Any = page.locator("#canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    page.evaluate(_FRAMES)
    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        turn += 1
        page.mouse.wheel(0, -40 if turn % 60 < 30 else 40)
        if turn % 20 == 0:
            page.mouse.down()
            page.mouse.move(x + 120, y + 60, steps=20)
            page.mouse.move(x, y, steps=20)
            page.mouse.up()
    return page.evaluate("frames_")[1:]


def _said(times: list[float]) -> str:
    p50, p95 = np.percentile(times, (50, 95))
    return f"{len(times)} | {p50:.0f} | {p95:.0f} | {max(times):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=150)
    parser.add_argument("--pace", type=float, default=0.5, help="seconds from key to key")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    print(f"{options.rows:,} rows, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}\n")
    print("| what | n | ms p50 | ms p95 | ms most |\n|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=_FLAGS)
        for name, table in (("text", texts), ("table", points)):
            with tempfile.TemporaryDirectory() as folder:
                make(Path(folder) / "p", table(options.rows))
                with serving(Path(folder) / "p") as server:
                    for how, scripts in (("", ()), (", nothing ahead", (_NOTHING_AHEAD,))):
                        page = opened(browser, server, *scripts)
                        ours, stamped = keys(page, options.presses, options.pace)
                        print(f"| {name}, key to row painted{how} | {_said(ours)} |", flush=True)
                        if stamped and not how:
                            print(f"| {name}, Event Timing of 16 ms and more | {_said(stamped)} |")
                    frames = map_frames(page, server, 8.0)
                    print(f"| {name}, map from frame to frame | {_said(frames)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
