"""The field "What are you looking for?" on the page and on the dashboard."""

import pyarrow as pa

from motherlode.project._log.fold import State
from motherlode.project._serving.changing import change_settings
from motherlode.project._training.training import rank_queue

from .conftest import until

SOUGHT = (17, 44)
ENDS = [f"{'abcdefgh'[row % 8] * 3} {'stuvwxyz'[row // 8] * 3}" for row in range(60)]
TEXTS = [("please refund " if row in SOUGHT else "a house ") + end for row, end in enumerate(ENDS)]


def stated(served):
    return served.project.settings_at(served.live.now()).prior


def test_it_is_stated_beside_the_row_gives_the_reason_and_is_taken_back(serve, visit):
    served = serve(pa.table({"text": TEXTS}))
    page = visit(served)
    wanted = {"strategy": "auto", "goal": "find"}
    served.live.run(lambda c, s: change_settings(served.project, c, s, "ann", wanted, 1.0))
    page.click("text=What are you looking for?")
    page.fill("#stated", "please give a refund")
    page.click("#state-it")
    page.wait_for_selector("#stated-by:has-text('Stated by ann')")
    assert stated(served) == {"prior": "sentence", "text": "please give a refund"}
    assert "No ranking goes by it yet." in page.inner_text("#stated-did")
    page.press("#stated", "1")  # a letter in the field is no answer
    assert served.answers() == {}

    assert rank_queue(served.project, served.project.rows.pool(), State())
    other = visit(served, name="bob")
    other.wait_for_selector("#reason:has-text('you are looking for')")

    board = visit(served, "dashboard", name="bob")
    board.wait_for_selector("#stated-by:has-text('Stated by ann')")
    assert board.input_value("#stated") == "please give a refund"
    assert "first rows" in board.inner_text("#stated-did")
    board.click("text=Stop using it")
    until(lambda: stated(served) is None)
    board.wait_for_selector("#stated-by:has-text('Taken back by bob')")
    assert board.input_value("#stated") == ""
    assert board.is_hidden("#stop-using")


def test_what_is_written_while_a_sentence_is_saved_stays(serve, visit):
    page = visit(serve(pa.table({"text": TEXTS})), "dashboard")
    waiting = []

    def held(route):
        return waiting.append(route) if route.request.method == "POST" else route.continue_()

    page.route("**/api/prior", held)
    page.fill("#stated", "please give")
    page.click("#state-it")
    until(lambda: page.evaluate("true") and waiting)
    page.fill("#stated", "please give a refund")
    waiting.pop().continue_()
    page.wait_for_selector("#stated-by:has-text('Stated by ann')")
    assert page.input_value("#stated") == "please give a refund"


def test_what_is_no_sentence_is_shown_beside_the_field_and_not_made_one(serve, visit):
    served = serve(pa.table({"text": TEXTS}))
    words = {"prior": "keywords", "words": ["refund", "money*"]}
    served.live.run(lambda c, s: change_settings(served.project, c, s, "ann", {"prior": words}, 1))
    page = visit(served, "dashboard")
    page.wait_for_selector('#stated-by:has-text(\'In use: the words "refund", "money*".\')')
    assert page.input_value("#stated") == ""
    page.click("#state-it")
    page.wait_for_selector("text=Write a sentence first")
    assert stated(served) == words
    page.fill("#stated", "please refund")
    page.click("#state-it")
    until(lambda: stated(served) == {"prior": "sentence", "text": "please refund"})


def test_rows_without_words_are_not_asked_for_a_sentence(serve, visit):
    served = serve(pa.table({"depth": [float(row) for row in range(60)]}))
    column = {"prior": "column", "name": "depth"}
    served.live.run(lambda c, s: change_settings(served.project, c, s, "ann", {"prior": column}, 1))
    board = visit(served, "dashboard")
    board.wait_for_selector("text=--prior-column")
    assert board.query_selector("#stated") is None
    assert board.query_selector("#state-it") is None
    board.click("text=Stop using it")
    until(lambda: stated(served) is None)
