"""The pages at a path of a host with TLS, behind a real nginx."""

import numpy as np
import pyarrow as pa
from behind_nginx import behind_nginx

from motherlode.project._accounts import put_account

from .conftest import make_project


def test_people_label_behind_nginx(chromium, tmp_path):
    table = pa.table({"text": [f"letter {i}" for i in np.arange(40)]})
    project = make_project(tmp_path / "letters", table, text="text")
    put_account(project.database, "ann", "admin", "a long enough password")
    project.close()
    with behind_nginx(tmp_path / "letters", tmp_path) as proxied:
        page, asked = chromium.new_page(ignore_https_errors=True), []
        page.on("response", lambda answer: asked.append((answer.url, answer.status)))
        page.goto(f"{proxied.public}/")
        page.fill("#name", "ann")
        page.fill("#password", "a long enough password")
        page.keyboard.press("Enter")
        page.wait_for_selector("#row > .text")
        page.keyboard.press("1")
        page.wait_for_selector("#saved[data-state='saved']")
        for name in ("Search", "Map", "Dashboard"):
            page.click(f"nav >> text={name}")
            page.wait_for_selector(f"nav [aria-current]:has-text('{name}')")
        page.wait_for_selector("#now:has-text('1')")
        page.click("#log-out")
        page.wait_for_selector("#login")
        page.context.close()
    # A request that is under way when somebody logs out is answered by 401.
    late = {url for url, status in asked if status == 401 and "/api/" in url}
    assert {url for url, status in asked if status >= 400} - late == {f"{proxied.public}/"}
    assert all(url.startswith(f"{proxied.public}/") for url, _ in asked if "data:" not in url)
