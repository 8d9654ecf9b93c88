"""Admins change settings on a page, by keyboard too; people who label meanwhile lose nothing."""

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe

from motherlode.project._serving.answers import Answer

from .conftest import until
from .test_label_page import change

axe = Axe()


@pytest.fixture
def served(serve):
    table = pa.table(
        {"text": [f"letter {i} about {'money' if i % 5 else 'rain'}" for i in range(40)]}
    )
    made = serve(table, text="text")
    made.live.answer("ann", [Answer(row, label="refund") for row in range(3)])
    return made


def changed(page):
    return page.locator("#changed").inner_text()


def test_a_class_is_renamed_and_the_page_of_an_annotator_follows(served, visit):
    labelling = visit(served)
    admin = visit(served, "settings", name="eve")
    admin.get_by_label("Name of refund").fill("money back")
    admin.keyboard.press("Enter")
    until(lambda: "classes: ordinary, refund → ordinary, money back" in changed(admin))
    # The page of the annotator still has the old name, and what is answered under it counts.
    row = labelling.locator("#row-title").inner_text()
    labelling.keyboard.press("2")
    until(lambda: labelling.locator("#row-title").inner_text() != row)
    until(lambda: list(served.answers().values()).count("money back") == 4)
    until(lambda: "money back" in labelling.locator("#classes").inner_text())
    assert "refund" not in labelling.locator("#classes").inner_text()
    labelling.keyboard.press("2")
    until(lambda: list(served.answers().values()).count("money back") == 5)
    labelling.keyboard.press("ArrowLeft")
    labelling.keyboard.press("ArrowLeft")
    pressed = labelling.locator('#classes [aria-pressed="true"]')
    until(lambda: "money back" in pressed.inner_text())
    admin.get_by_role("button", name="Take back").first.press("Enter")
    until(lambda: "ordinary, money back → ordinary, refund" in changed(admin))
    assert list(served.answers().values()).count("refund") == 5


def test_settings_are_saved_and_what_is_wrong_is_said(served, visit):
    page = visit(served, "settings", name="eve")
    page.get_by_label("Per cent drawn at random").fill("12.5")
    page.get_by_label("Rules that say when to stop").fill("knee, budget:50")
    page.keyboard.press("Enter")
    until(lambda: "control: 0 % → 12.5 %" in changed(page))
    settings = served.project.settings
    assert (settings.control, settings.stop, settings.double) == (0.125, ("knee", "budget:50"), 0)
    assert page.evaluate("document.activeElement.closest('form')?.id") == "asking"
    page.get_by_label("Rules that say when to stop").fill("neee")
    page.keyboard.press("Enter")
    until(lambda: "neee" in changed(page))
    assert served.project.settings.stop == ("knee", "budget:50")
    page.get_by_label("What people see beside each row").fill("Look **twice**.")
    page.locator("#guide button").press("Enter")
    until(lambda: "guidelines" in changed(page))
    page.goto(served.address)
    until(lambda: "Look twice." in page.locator("#guidelines").inner_text())


def test_guidelines_that_somebody_else_changed_are_not_put_back(served, visit):
    mine, other = visit(served, "settings", name="eve"), visit(served, "settings", name="bob")
    for page, text in ((other, "Look twice."), (mine, "")):
        page.get_by_label("What people see beside each row").fill(text)
        page.locator("#guide button").press("Enter")
        until(lambda page=page: changed(page))
    assert changed(mine) == "Nothing was changed."
    assert served.project.settings.guidelines == "Look twice."
    other.get_by_label("What people see beside each row").fill("Look thrice.")
    mine.reload()
    other.locator("#guide button").press("Enter")
    until(lambda: "thrice" in changed(other))
    mine.get_by_label("What people see beside each row").fill("Look once.")
    mine.locator("#guide button").press("Enter")
    until(lambda: "Somebody else changed the guidelines" in changed(mine))
    assert served.project.settings.guidelines == "Look thrice."
    assert mine.get_by_label("What people see beside each row").input_value() == "Look once."


def test_what_was_typed_in_another_form_stays_when_one_is_sent(served, visit):
    page = visit(served, "settings", name="eve")
    page.get_by_label("What people see beside each row").fill("Look twice.")
    page.get_by_label("Per cent drawn at random").fill("12")
    page.get_by_label("Strategy").select_option("random")
    page.get_by_label("Name of refund").fill("money back")
    page.locator("#minority").get_by_label("ordinary").check()
    change(served, guidelines="Look once.")  # by somebody else, meanwhile
    page.get_by_label("A new class").fill("spam")
    page.keyboard.press("Enter")
    until(lambda: "ordinary, refund, spam" in changed(page))
    assert page.get_by_label("A new class").input_value() == ""
    assert page.get_by_label("What people see beside each row").input_value() == "Look twice."
    assert page.get_by_label("Strategy").input_value() == "random"
    assert page.get_by_label("Name of refund").input_value() == "money back"
    assert page.locator("#minority").get_by_label("ordinary").is_checked()
    page.locator("#guide button").press("Enter")
    until(lambda: "Somebody else changed the guidelines" in changed(page))
    page.locator("#asking button").press("Enter")
    until(lambda: "control: 0 % → 12 %" in changed(page))
    assert served.project.settings.guidelines == "Look once."


def test_the_count_of_a_page_that_is_open_follows_the_class_that_is_sought(served, visit):
    change(served, minority=None)
    page = visit(served)
    assert "found" not in page.locator(".count").inner_text()
    change(served, minority=["ordinary"])
    page.keyboard.press("1")  # what is new is asked for after an answer
    until(lambda: "1 ordinary found" in page.locator(".count").inner_text())
    page.keyboard.press("1")
    until(lambda: "2 ordinary found" in page.locator(".count").inner_text())
    until(lambda: list(served.answers().values()).count("ordinary") == 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_cut_off(served, visit, scheme, width):
    size = {"width": width, "height": 800}
    page = visit(served, "settings", name="eve", color_scheme=scheme, viewport=size)
    page.get_by_label("A new class").fill("a class with a name of many words, as people give them")
    page.keyboard.press("Enter")
    until(lambda: "a class with a name" in changed(page))
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
