"""What a browser keeps of a visit lets nobody in."""

from pathlib import Path

import httpx2 as httpx
import pyarrow as pa

from .conftest import CHROMIUM, FLAGS


def test_a_link_on_a_page_of_another_site_opens_the_project(serve, chromium):
    served = serve(pa.table({"text": [f"letter {i}" for i in range(40)]}), text="text")
    page = chromium.new_page()
    page.set_content(f"<a href='{served.link}'>the link</a>")
    page.click("a")
    page.wait_for_selector("#row > .text")
    assert page.url == served.address
    page.context.close()


def test_nothing_that_the_browser_keeps_of_the_link_opens_the_project(serve, chromium, tmp_path):
    served = serve(pa.table({"text": [f"letter {i}" for i in range(40)]}), text="text")
    code, token, folder = served.access.code, served.access.token, tmp_path / "profile"
    kind = chromium.browser_type
    context = kind.launch_persistent_context(folder, executable_path=str(CHROMIUM), args=FLAGS)
    page = context.new_page()
    page.goto(served.link)
    page.wait_for_selector("#row > .text")
    page.goto(f"{served.address}dashboard")
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    context.close()
    kept = b"".join(one.read_bytes() for one in Path(folder).rglob("*") if one.is_file())
    assert served.address.encode() in kept, "the history holds the visit"
    assert token.encode() not in kept
    assert token not in cookies.values()
    if code.encode() in kept:
        assert httpx.get(f"{served.address}?code={code}").status_code == 401
        opened = {"Authorization": f"Bearer {code}"}
        assert httpx.get(f"{served.address}api/me", headers=opened).status_code == 401
