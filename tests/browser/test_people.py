"""People on their page: accounts, a password of one's own, parts of the rows, and a pause."""

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe

from motherlode.project._accounts import put_account
from motherlode.project._serving.answers import Answer

from .conftest import until

axe = Axe()
PASSWORD = "a long enough password"


@pytest.fixture
def served(serve):
    table = pa.table(
        {"text": [f"letter {i} about {'money' if i % 5 else 'rain'}" for i in range(40)],
         "country": ["DE", "FR"] * 20}
    )  # fmt: skip
    made = serve(table, text="text")
    for who, label in (("ann", "refund"), ("ben", "ordinary")):
        rows = range(3) if who == "ann" else range(2)
        made.live.answer(who, [Answer(row, label=label, seconds=3.0) for row in rows])
    made.live.answer("eve", [Answer(0, label="refund", channel="settle")])
    return made


def said(page):
    return page.locator("#changed").inner_text()


def log_in(chromium, served, name, password=PASSWORD, **how):
    context = chromium.new_context(**how)
    page = context.new_page()
    page.goto(served.address + "people")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav", state="attached")
    page.goto(served.address + "people")
    return page


def test_a_pause_reaches_the_page_of_whoever_labels_and_ends_by_itself(served, visit):
    labelling = visit(served)
    admin = visit(served, "people", name="eve")
    admin.get_by_role("button", name="Pause").press("Enter")
    until(lambda: "paused: no → yes" in said(admin))
    assert "Paused by eve" in admin.locator("#of-pause").inner_text()
    before = len(served.answers())
    labelling.keyboard.press("2")
    until(lambda: "Paused by eve since" in labelling.locator("#row").inner_text())
    until(lambda: len(served.answers()) == before + 1)
    admin.get_by_role("button", name="Go on").press("Enter")
    until(lambda: "paused: yes → no" in said(admin))
    until(lambda: labelling.locator("#row .text").count() == 1)


def test_a_part_is_assigned_on_the_page(served, visit):
    admin = visit(served, "people", name="eve")
    admin.get_by_label("Annotator", exact=True).fill("ann")
    admin.get_by_role("textbox", name="Which").fill("country == 'XX'")
    admin.keyboard.press("Enter")
    until(lambda: "No row is among them" in said(admin))
    admin.get_by_role("textbox", name="Which").fill("country == 'FR'")
    admin.keyboard.press("Enter")
    until(lambda: "rows where country == 'FR'" in said(admin))
    assert {lease.offer.row % 2 for lease in served.live.next("ann", 10)} == {1}
    admin.get_by_role("button", name="All rows again").press("Enter")
    until(lambda: "→ all rows" in said(admin))


def test_the_first_account_is_made_on_the_page_and_passwords_change(served, visit, chromium):
    page = visit(served, "people", name="eve")
    page.get_by_label("Name", exact=True).fill("eve")
    page.locator("#new-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    until(lambda: page.get_by_role("button", name="Log in").count())
    admin = log_in(chromium, served, "eve")
    admin.get_by_label("Name", exact=True).fill("ann")
    admin.locator("#new-password").fill(PASSWORD)
    admin.keyboard.press("Enter")
    until(lambda: "ann may log in as annotator" in said(admin))
    # What was typed elsewhere stays, and nobody's password is changed by a name that is taken.
    admin.get_by_label("Annotator", exact=True).fill("ben")
    admin.get_by_label("Name", exact=True).fill("ann")
    admin.locator("#new-password").fill(PASSWORD + "?")
    admin.keyboard.press("Enter")
    until(lambda: "There is an account 'ann' already" in said(admin))
    admin.get_by_label("Name", exact=True).fill("cleo")
    admin.keyboard.press("Enter")
    until(lambda: "cleo may log in as annotator" in said(admin))
    assert admin.get_by_label("Annotator", exact=True).input_value() == "ben"
    ann = log_in(chromium, served, "ann")
    assert ann.locator("h1").inner_text() == "Your work"
    assert "ben" not in ann.locator("#people-now").inner_text()
    ann.get_by_label("The password of now").fill(PASSWORD)
    for label in ("A new one", "The new one again"):
        ann.get_by_label(label).fill(PASSWORD + "!")
    ann.keyboard.press("Enter")
    until(lambda: "Your password is another one now" in said(ann))
    assert log_in(chromium, served, "ann", PASSWORD + "!").locator("h1").inner_text() == "Your work"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_cut_off(served, chromium, scheme, width):
    for name, role in (("eve", "admin"), ("ann", "annotator"), ("rita", "reviewer")):
        put_account(served.project.database, name, role, PASSWORD)
    size = {"width": width, "height": 800}
    page = log_in(chromium, served, "eve", color_scheme=scheme, viewport=size)
    until(lambda: not page.locator("[data-pending]").count())
    page.locator(".accounts summary").first.click()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
