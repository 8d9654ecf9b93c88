"""Take ``page-*.png``, pictures of the page people label on, in light, dark and on a phone.

Run it as ``.venv/bin/python docs/pictures/page.py``; it needs Chromium at /usr/bin/chromium.
"""

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import uvicorn
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from motherlode.project._data.folder import Project, create_project
from motherlode.project._data.planning import plan_rows
from motherlode.project._data.settings import Recipe, Settings
from motherlode.project._log.fold import State
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._training.training import rank_queue
from motherlode.web._access import Access
from motherlode.web._app import make_app

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
GUIDELINES = {
    "letters": """A letter is a **refund** if its writer wants money back:

- a payment taken twice
- a charge for something that never came

A complaint alone is *ordinary*. If you can't tell, press **U**.
""",
    "payments": """**Fraud** is a payment that the card's owner did not make:

- abroad, at night, soon after another
- an amount far above what this merchant takes
""",
    "plates": """A plate is **cracked** if a dark line runs through it.

Scratches are bright, and do not count.
""",
}
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SUBJECTS = ["My order", "The parcel", "Your shop", "The lamp I bought", "The blue chair"]
ORDINARY = [
    "arrived on Monday and I am very happy with it.",
    "has a scratch on one side, but I can live with that.",
    "is still on its way, could you tell me where it is?",
    "comes in green too, I was told; is that so?",
    "was packed with great care, thank you for that.",
]
REFUND = [
    "was charged twice on my card, please send one payment back.",
    "never came, so I would like my money back.",
    "was cancelled last week and the payment is still missing.",
]


def letters(rng: np.random.Generator, n: int = 1_500) -> tuple[pa.Table, list[str]]:
    """Letters to a shop; one in thirty asks for money back."""
    texts, truth = [], []
    for i in range(n):
        rare = i % 30 == 7
        said = [f"{rng.choice(SUBJECTS)} {rng.choice(ORDINARY)}" for _ in range(3)]
        if rare:
            said.insert(1, f"{rng.choice(SUBJECTS)} {rng.choice(REFUND)}")
        texts.append(" ".join(said))
        truth.append("refund" if rare else "ordinary")
    return pa.table({"letter": texts, "country": rng.choice(["DE", "FR", "PT"], n)}), truth


def payments(rng: np.random.Generator, n: int = 1_500) -> tuple[pa.Table, list[str]]:
    """Card payments; one in thirty is fraud."""
    rare = np.arange(n) % 30 == 7
    return pa.table(
        {
            "amount_eur": np.round(np.exp(rng.normal(3.5 + 2 * rare, 0.8)), 2),
            "merchant": rng.choice(["grocer", "petrol station", "electronics", "travel"], n),
            "country": np.where(rare, "BR", rng.choice(["DE", "FR", "PT"], n)),
            "hour": np.where(rare, rng.integers(0, 5, n), rng.integers(7, 23, n)),
            "minutes_since_last": np.round(np.exp(rng.normal(6 - 3 * rare, 1)), 1),
            "comment": ["" if i % 3 else "checked by telephone in May" for i in range(n)],
        }
    ), ["refund" if one else "ordinary" for one in rare]


def plates(rng: np.random.Generator, folder: Path, n: int = 60) -> tuple[pa.Table, list[str]]:
    """Pictures of metal plates; one in six has a crack."""
    names, truth = [], []
    for i in range(n):
        grey = rng.normal(150, 7, (300, 420)).clip(0, 255).astype(np.uint8)
        picture = Image.fromarray(grey).convert("RGB")
        if i % 6 == 1:
            at = np.cumsum(rng.normal([18, 9], 9, (14, 2)), axis=0) + 40
            ImageDraw.Draw(picture).line([tuple(p) for p in at], fill=(60, 55, 50), width=3)
        picture.save(folder / f"plate{i:02}.png")
        names.append(f"plate{i:02}.png")
        truth.append("refund" if i % 6 == 1 else "ordinary")
    return pa.table({"image": names}), truth


def project(folder: Path, data: pa.Table, names: tuple[str, str, str], **named: str) -> Project:
    """Make a project with guidelines; `names` are its own and those of its classes."""
    found = plan_rows(data, **named)
    settings = Settings(
        names[0], names[1:], names[2], found.kind, found.columns, found.shown, found.id, 0, "",
        image_root=str(folder), recipe=Recipe("margin", "logistic_regression"), control=0.3,
    )  # fmt: skip
    made = create_project(folder / names[0], settings, data, None)
    (made.folder / "guidelines.md").write_text(GUIDELINES[names[0]])
    return made


class Served:
    """A project with some labels and a ranking, behind a socket."""

    def __init__(self, made: Project, truth: list[str], labels: int = 40) -> None:
        live, access = Live(made), Access(made.database)
        pool, state = made.rows.pool(), State()
        classes = dict(zip(["ordinary", "refund"], made.settings.classes, strict=True))
        first = [truth.index("refund"), truth.index("ordinary")]
        live.answer("ada", [Answer(row, label=classes[truth[row]]) for row in first])
        while labels > 0:
            rank_queue(made, pool, state)
            rows = [lease.offer.row for lease in live.next("ada", 10)]
            live.answer("ada", [Answer(row, label=classes[truth[row]]) for row in rows])
            live.answer("ben", [Answer(row, label=classes[truth[row]]) for row in rows[:2]])
            labels -= len(rows)
        disputed = next(row for row in rows[2:] if truth[row] == "ordinary")
        live.answer("ben", [Answer(disputed, label=classes["refund"])])
        rank_queue(made, pool, state)
        app = make_app(made, live, access, only_own_names=True)
        self.server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
        threading.Thread(target=self.server.run, daemon=True).start()
        while not self.server.started:
            time.sleep(0.05)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/"
        self.access = access

    @property
    def link(self) -> str:
        """The link that works now; it works once."""
        return f"{self.address}?code={self.access.code}"


def opened(browser: Browser, served: Served, path: str = "", **how: Any) -> Page:
    """Open a page of a project, as ada sees it."""
    context = browser.new_context(**how)
    context.add_init_script("localStorage.setItem('motherlode:name', 'ada')")
    page = context.new_page()
    page.goto(served.link)
    page.wait_for_selector("#nearest li", state="attached")
    page.wait_for_timeout(800)
    if path:
        page.goto(served.address + path)
        page.wait_for_timeout(1_500)
    return page


def take(page: Page, name: str, **how: Any) -> None:
    """Keep a picture."""
    page.screenshot(path=HERE / f"page-{name}.png", **how)
    page.context.close()


def take_all(browser: Browser, folder: Path) -> None:
    """Every picture."""
    rng = np.random.default_rng(0)
    data, truth = letters(rng)
    text = Served(project(folder, data, ("letters", "ordinary", "refund"), text="letter"), truth)
    take(opened(browser, text, viewport=WIDE), "text")
    take(opened(browser, text, viewport=WIDE, color_scheme="dark"), "text-dark")
    phone = {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
    take(opened(browser, text, **phone), "phone")
    take(opened(browser, text, "dashboard", **phone), "phone-dashboard")
    take(opened(browser, text, "dashboard", viewport=WIDE), "dashboard", full_page=True)
    dark = {"viewport": WIDE, "color_scheme": "dark"}
    take(opened(browser, text, "dashboard", **dark), "dashboard-dark")
    page = opened(browser, text, "map", viewport=WIDE)
    page.wait_for_function("() => /rows\\./.test(document.querySelector('#message').textContent)")
    page.select_option("#colour", "label")
    page.wait_for_timeout(500)
    take(page, "map")
    page = opened(browser, text, "map", viewport=WIDE)
    page.click("#as-list")
    page.wait_for_selector("#regions .example:not(:empty)")
    page.wait_for_timeout(500)
    take(page, "map-list")
    page = opened(browser, text, "search", viewport=WIDE)
    page.fill("#words", "money back")
    page.keyboard.press("Enter")
    page.wait_for_selector(".result")
    page.wait_for_timeout(300)
    take(page, "search")
    data, truth = payments(rng)
    take(opened(browser, Served(project(folder, data, ("payments", "fine", "fraud")), truth),
                viewport=WIDE), "table")  # fmt: skip
    data, truth = plates(rng, folder)
    made = project(folder, data, ("plates", "sound", "cracked"), image="image")
    take(opened(browser, Served(made, truth, 10), viewport=WIDE), "image")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        take_all(browser, Path(folder))
        browser.close()
