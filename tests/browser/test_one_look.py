"""What is seen at one look: a header of one line, a whole picture, every project of a server."""

import threading

import numpy as np
import pyarrow as pa
import pytest
import uvicorn
from PIL import Image

from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._several import Several

from .conftest import make_project, until
from .test_accessibility import check
from .test_labelling import letters

_HEADER = """() => {
  const shown = [...document.querySelectorAll("header.bar :is(a, button, span)")];
  const tops = shown.filter((one) => one.offsetParent && one.offsetWidth > 2).map((one) => {
    const { top, height } = one.getBoundingClientRect();
    return top + height / 2;
  });
  return [Math.max(...tops) - Math.min(...tops), document.documentElement.scrollWidth];
}"""

_HIDDEN = """() => {
  const row = document.querySelector("#row");
  return row.scrollHeight - row.clientHeight;
}"""


def test_the_header_is_one_line(serve, visit):
    page = visit(serve(letters(30), text="text"))
    for width in (390, 900, 1024, 1230, 1280, 1440, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        apart, across = page.evaluate(_HEADER)
        assert (width, apart < 12, across) == (width, True, width)


def test_a_picture_is_seen_whole_and_again_after_a_change_of_the_window(serve, visit, tmp_path):
    rng = np.random.default_rng(0)
    for i in range(4):
        grey = rng.integers(0, 255, (900, 900), dtype=np.uint8)
        Image.fromarray(grey).save(tmp_path / f"{i}.png")
    names = pa.table({"image": [f"{i}.png" for i in range(4)]})
    page = visit(serve(names, image="image", id="image"), viewport={"width": 1280, "height": 800})
    page.wait_for_function("() => document.querySelector('.picture').naturalWidth")
    assert ".png" in page.text_content("#row-title")
    until(lambda: page.evaluate(_HIDDEN) <= 1)
    high = page.locator(".picture").bounding_box()["height"]
    page.set_viewport_size({"width": 1280, "height": 600})
    until(lambda: page.evaluate(_HIDDEN) <= 1)
    assert 100 < page.locator(".picture").bounding_box()["height"] < high


@pytest.fixture
def several(tmp_path):
    made = {}
    for name in ("wells", "letters"):
        project = make_project(tmp_path / name, letters(20), text="text")
        made[name] = (project, Live(project), Access(project.database))
    app = Several(made, only_own_names=True)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/", app.code
    server.should_exit = True
    thread.join()
    for project, live, _ in made.values():
        live.close()
        project.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_projects_of_a_server_are_listed_with_their_counts(several, chromium, scheme):
    address, code = several
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page.goto(address)
    page.get_by_text("open the link").first.wait_for()
    wrong = check(page, "overview of a stranger")
    page.goto(f"{address}?code={code}")
    page.get_by_text("0 of 20 rows labelled; no answer yet").nth(1).wait_for()
    wrong += check(page, "overview")
    page.goto(f"{address}nowhere")
    assert page.text_content("h1") == "There is no such page"
    wrong += check(page, "no such page")
    page.click("text=To the first page")
    page.locator(".projects a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#row-text")
    page.keyboard.press("1")
    page.click(".brand")
    page.get_by_text("1 of 20 rows labelled; the last answer").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.context.close()
    assert wrong == []
