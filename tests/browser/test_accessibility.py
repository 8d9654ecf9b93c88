"""axe finds nothing on any page, in light and in dark, contrast included."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from motherlode.project._accounts import ANNOTATOR, put_account
from motherlode.project._serving.answers import Answer

from .conftest import Served
from .test_labelling import letters

axe = Axe()


def check(page, where):
    """What axe finds wrong, a line each."""
    page.wait_for_timeout(250)  # what fades in is read at its full contrast
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{where}: {v['help']}: {node['html']}" for v in found for node in v["nodes"]]


@pytest.fixture
def labelled(serve):
    served = serve(letters(60), text="text")
    answers = [Answer(row, label="refund" if row % 10 == 0 else "ordinary") for row in range(24)]
    served.live.answer("ann", answers)
    served.live.answer("ben", [Answer(row, label="refund") for row in range(8, 12)])
    return served


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(labelled, visit, scheme):
    page, wrong = visit(labelled, color_scheme=scheme), []
    page.wait_for_selector("#pushes li")
    wrong += check(page, "label")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[data-action^='class '][aria-pressed='true']")
    wrong += check(page, "label, looking back")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    wrong += check(page, "keys")
    page.goto(f"{labelled.address}search")
    page.fill("#words", "refund")
    page.keyboard.press("Enter")
    page.wait_for_selector(".result:focus")
    wrong += check(page, "search")
    page.goto(f"{labelled.address}map")
    page.wait_for_selector("#message:has-text('60 rows')")
    page.click("#as-list")
    page.wait_for_selector("#regions tbody td .example:not(:empty)")
    wrong += check(page, "map")
    page.goto(f"{labelled.address}dashboard")
    page.wait_for_selector(".result")
    wrong += check(page, "dashboard")
    page.goto(f"{labelled.address}docs")
    wrong += check(page, "docs")
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_the_door(serve, chromium, scheme):
    served = serve(letters(20), text="text")
    closed, wrong = chromium.new_page(color_scheme=scheme), []
    closed.goto(served.address)
    wrong += check(closed, "without the token")
    put_account(served.project.database, "ann", ANNOTATOR, "long enough a password")
    with_accounts = Served(served.project)
    closed.goto(with_accounts.address)
    closed.wait_for_selector("#login")
    wrong += check(closed, "log-in")
    closed.fill("#name", "ann")
    closed.fill("#password", "wrong")
    closed.keyboard.press("Enter")
    closed.wait_for_selector("#said:not(:empty)")
    wrong += check(closed, "log-in refused")
    closed.fill("#password", "long enough a password")
    closed.keyboard.press("Enter")
    closed.wait_for_selector("#row-text")
    assert closed.text_content("#who") == "ann"
    closed.click("#open-settings")
    closed.wait_for_selector("#sessions li strong")
    wrong += check(closed, "sessions")
    closed.click("#log-out-everywhere")
    closed.wait_for_selector("#login")
    closed.context.close()
    with_accounts.stop()
    with_accounts.live.close()
    assert wrong == []
