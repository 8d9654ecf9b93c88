"""Answers are found again, corrected and taken back, by keys, on every page that lists rows."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from motherlode.project._serving.answers import Answer

from .conftest import until
from .test_labelling import letters

axe = Axe()


def find(page, words):
    page.wait_for_selector("#undo", state="attached")
    page.fill("#words", words)
    page.focus("#words")
    page.keyboard.press("Enter")
    page.wait_for_selector(".result:focus")


def said(page):
    return page.text_content("#announcement")


def wait_until_said(page, words):
    until(lambda: words in said(page))


def labels_of(served, *rows):
    answers = served.answers()  # between the two events of a correction there is none
    return [answers.get(row) for row in rows]


def focused_row(page):
    return int(page.evaluate("document.activeElement.closest('.result').dataset.row"))


@pytest.fixture
def served(serve):
    served = serve(letters(60), text="text")
    answers = [Answer(row, label="refund" if row % 10 == 0 else "ordinary") for row in range(25)]
    served.live.answer("ann", [*answers, Answer(30, kind="unsure", note="two letters in one")])
    served.live.answer("ann", [Answer(31, kind="skip", tags=("blurred", "later"))])
    return served


def test_search_has_unsure_skip_and_an_undo_that_says_what_it_took_back(serve, visit):
    served = serve(letters(40), text="text")
    page = visit(served, "search")
    find(page, "refund")
    for key in ("2", "u", "s", "1"):
        page.keyboard.press(key)
    until(lambda: served.answers() == {0: "refund", 10: "unsure", 20: "skip", 30: "ordinary"})
    page.keyboard.press("z")
    wait_until_said(page, "Taken back: ordinary, of row 30.")
    page.keyboard.press("Control+z")
    wait_until_said(page, "Taken back: skipped, of row 20.")
    until(lambda: served.answers() == {0: "refund", 10: "unsure"})
    assert focused_row(page) == 20
    page.keyboard.press("k")
    page.keyboard.press("1")
    until(lambda: served.answers() == {0: "refund", 10: "ordinary"})
    wait_until_said(page, "Row 10: changed from unsure to ordinary.")
    page.click("#undo")
    wait_until_said(page, "Taken back: ordinary, of row 10. It is unsure again.")
    until(lambda: served.answers() == {0: "refund", 10: "unsure"})
    page.keyboard.press("z")
    page.keyboard.press("z")
    until(lambda: served.answers() == {})
    page.keyboard.press("z")
    wait_until_said(page, "nothing to take back")
    assert page.locator("#undo").is_hidden()
    assert page.locator(".act [aria-pressed=true]").count() == 0


def test_keys_that_were_changed_on_the_page_to_label_on_hold_in_lists(serve, visit):
    served = serve(letters(40), text="text")
    page = visit(served)
    page.keyboard.press("?")
    page.click("[data-action='class refund']:has-text('Change')")
    page.keyboard.press("j")
    page.click("#close-settings")
    page.goto(f"{served.address}search")
    find(page, "refund")
    assert page.text_content(".result [data-action='class refund'] kbd") == "J"
    page.keyboard.press("2")
    page.keyboard.press("j")
    until(lambda: served.answers() == {0: "refund"})
    assert focused_row(page) == 10
    # And those changed here hold there.
    page.keyboard.press("?")
    page.click("[data-action='skip']:has-text('Change')")
    page.keyboard.press("x")
    page.click("#close-settings")
    assert page.text_content(".result [data-action='skip'] kbd") == "X"
    page.goto(served.address)
    page.wait_for_selector("#others [data-action='skip'] kbd:text-is('X')")


def test_a_label_of_a_colleague_is_shown_before_a_second_one_is_given(serve, visit):
    served = serve(letters(40), text="text")
    served.live.answer("root", [Answer(10, label="refund"), Answer(20, label="refund")])
    page = visit(served, "search", name="maria")
    find(page, "refund")
    page.wait_for_selector("[data-row='10'] .said:text-is('root: refund')")
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.wait_for_selector("[data-row='10'] .ask:has-text('root: refund. Label it too?')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".ask", state="detached")
    assert focused_row(page) == 10
    page.keyboard.press("1")
    page.wait_for_selector("[data-row='10'] .ask button:focus")
    page.keyboard.press("Enter")
    until(lambda: served.answers().get(10) == "disputed")
    page.keyboard.press("z")
    until(lambda: served.answers().get(10) == "refund")
    page.keyboard.press("1")
    page.wait_for_selector(".ask button:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(lambda: served.answers().get(10) == "ordinary")
    assert served.live.now().rows[10].settled
    page.keyboard.press("z")
    wait_until_said(page, "Taken back: the decision ordinary, of row 10.")
    until(lambda: served.answers() == {10: "refund", 20: "refund"})


def test_what_a_colleague_labelled_meanwhile_is_not_disputed_by_chance(serve, visit):
    served = serve(letters(40), text="text")
    page = visit(served, "search", name="maria")
    find(page, "refund")
    served.live.answer("root", [Answer(0, label="refund")])
    page.keyboard.press("1")
    wait_until_said(page, "Not recorded: row 0 was labelled meanwhile. root: refund.")
    page.wait_for_selector("[data-row='0'] .said:text-is('root: refund')")
    assert served.answers() == {0: "refund"}
    assert page.locator("[data-row='0'] .act [aria-pressed=true]").count() == 0
    page.keyboard.press("k")
    page.keyboard.press("1")
    page.wait_for_selector("[data-row='0'] .ask")


def test_disagreements_are_settled_by_keys_and_a_settlement_is_taken_back(serve, visit):
    served = serve(letters(30), text="text")
    served.live.answer("ann", [Answer(row, label="ordinary") for row in (3, 4, 5)])
    served.live.answer("ben", [Answer(row, label="refund") for row in (3, 4, 5)])
    page = visit(served, "dashboard", name="ann")
    page.wait_for_selector("[data-row='5']")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.body")  # it scrolls, as elsewhere
    page.keyboard.press("j")
    page.keyboard.press("2")
    until(lambda: served.answers() == {3: "refund", 4: "disputed", 5: "disputed"})
    page.wait_for_selector("[data-row='3']", state="detached")
    assert focused_row(page) == 4
    page.keyboard.press("1")
    until(lambda: served.answers().get(4) == "ordinary")
    page.wait_for_selector("[data-row='4']", state="detached")
    page.keyboard.press("z")
    wait_until_said(page, "Taken back: the decision ordinary, of row 4.")
    page.wait_for_selector("[data-row='4']:focus")
    page.keyboard.press("z")
    page.wait_for_selector("[data-row='3']:focus")
    assert set(served.answers().values()) == {"disputed"}
    assert [o.label for o in served.live.now().rows[3].opinions] == ["ordinary", "refund"]


def test_answers_are_filtered_in_the_address_and_corrected_by_keys_alone(served, visit):
    page = visit(served, "answers")
    page.wait_for_selector("#total:text-is('27 answers, 1 to 20, the last first.')")
    page.click("#older")
    page.wait_for_selector("#total:text-is('27 answers, 21 to 27, the last first.')")
    assert page.url.endswith("?start=20")
    page.go_back()
    page.wait_for_selector("#total:has-text('1 to 20')")
    page.select_option("#answer", "refund")
    page.wait_for_selector("#total:text-is('3 answers.')")
    assert page.url.endswith("?class=refund")
    page.reload()
    page.wait_for_selector("#total:text-is('3 answers.')")
    assert page.input_value("#answer") == "refund"
    page.wait_for_selector("[data-row='20'] [data-action='class refund'][aria-pressed=true]")
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.keyboard.press("2")  # as it is already
    wait_until_said(page, "Row 10 is refund already.")
    page.keyboard.press("u")
    until(
        lambda: (
            [served.answers().get(row) for row in (20, 10, 0)] == ["ordinary", "refund", "unsure"]
        )
    )
    page.keyboard.press("z")
    page.keyboard.press("z")
    until(lambda: labels_of(served, 20, 10, 0) == ["refund"] * 3)
    wait_until_said(page, "Taken back: ordinary, of row 20. It is refund again.")
    assert len(list(served.live.now().history("ann"))) == 27
    # Words of the row, in the filters, by keyboard too.
    page.keyboard.press("/")
    page.keyboard.type('"letter 20"')
    page.keyboard.press("Enter")
    page.wait_for_selector("#total:text-is('1 answer.')")


def test_a_correction_keeps_the_note_and_tags(served, visit):
    page = visit(served, "answers?note=TWO")
    page.wait_for_selector("#total:text-is('1 answer.')")
    assert page.text_content(".note-given") == "two letters in one"
    assert page.text_content(".note-given mark") == "two"
    page.keyboard.press("j")
    page.keyboard.press("1")
    until(lambda: served.answers().get(30) == "ordinary")
    (mine,) = served.live.now().rows[30].opinions
    assert mine.note == "two letters in one"
    page.goto(f"{served.address}answers?tag=later")
    page.wait_for_selector("#total:text-is('1 answer.')")
    page.keyboard.press("j")
    page.keyboard.press("2")
    until(lambda: served.answers().get(31) == "refund")
    assert served.live.now().rows[31].opinions[0].tags == "blurred\nlater"
    page.keyboard.press("z")
    until(lambda: served.answers().get(31) == "skip")
    assert served.live.now().rows[31].opinions[0].tags == "blurred\nlater"


def test_days_and_whose_answers(served, visit):
    served.live.answer("ben", [Answer(5, label="refund")])
    page = visit(served, "answers")
    page.wait_for_selector("#total:has-text('28 answers')")
    page.select_option("#annotator", "ben")
    page.wait_for_selector("#total:text-is('1 answer.')")
    page.click("#more-filters summary")
    page.check("#disputed")
    page.wait_for_selector(".disputed")
    page.fill("#from", "2020-01-01")
    page.fill("#until", "2020-12-31")
    page.wait_for_selector("#total:has-text('No answer fits all of this')")
    page.click("#clear")
    page.wait_for_selector("#total:has-text('28 answers')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_cut_off(served, visit, scheme, width):
    served.live.answer("ben", [Answer(30, label="refund", note="a word " * 40, tags=("far",))])
    page = visit(served, "answers", color_scheme=scheme, viewport={"width": width, "height": 800})
    page.wait_for_selector(".note-given")
    page.click("#more-filters summary")
    page.keyboard.press("j")
    page.wait_for_selector(".result:focus")
    wrong = []
    for words in ("", "search"):
        if words:
            page.goto(f"{served.address}search")
            find(page, "refund")
            served.live.answer("ben", [Answer(40, label="refund")])
            find(page, "refund letter")
            page.locator("[data-row='40'] [data-action='class ordinary']").click()
            page.wait_for_selector(".ask")
        page.wait_for_timeout(250)
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wrong += [(one["id"], [n["html"] for n in one["nodes"]]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert wrong == []
