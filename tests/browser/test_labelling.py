"""Labelling by keys, as an annotator does it."""

import json
import re
import sqlite3
from contextlib import closing

import numpy as np
import pyarrow as pa
import pytest
from faults.server import Server

from motherlode.project._log import engine
from motherlode.project._serving.answers import Answer

from .conftest import make_project, until


def letters(n=120):
    rng = np.random.default_rng(0)
    words = ["street", "house", "lamp", "bridge", "market", "school", "office"]
    rare = "please refund the double payment"
    return pa.table({"text": [
        f"Letter {i}: {' '.join(rng.choice(words, 8))}{' ' + rare if i % 10 == 0 else ''}."
        for i in range(n)
    ]})  # fmt: skip


def row_of(page):
    """The number of the row on the page, which its text begins with."""
    return int(re.match(r"Letter (\d+):", page.text_content("#row-text")).group(1))


def exported(page, served):
    """What the file that the dashboard offers says of each row."""
    lines = page.request.get(f"{served.address}api/export?format=jsonl").text().splitlines()
    return {line["row"]: line["label"] or line["state"] for line in map(json.loads, lines)}


def wait_for_another(page, row):
    page.wait_for_function(
        "row => document.querySelector('#row-text')?.textContent.startsWith('Letter ')"
        " && !document.querySelector('#row-text').textContent.startsWith(`Letter ${row}:`)",
        arg=row,
    )


def press(page, key):
    """Press a key on the row shown, wait for the next, and return the row's number."""
    row = row_of(page)
    page.keyboard.press(key)
    wait_for_another(page, row)
    return row


def test_a_hundred_rows_by_keys_with_undo_correction_and_reload(serve, visit):
    served = serve(letters(), text="text")
    page = visit(served)
    pressed = {}
    for i in range(50):
        refund = "refund" in page.text_content("#row-text")
        pressed[press(page, "2" if refund else "1")] = "refund" if refund else "ordinary"
        if i % 10 == 3:
            last = list(pressed)[-1]
            page.keyboard.press("z")
            page.wait_for_function(
                "row => document.querySelector('#row-text')"
                ".textContent.startsWith(`Letter ${row}:`)",
                arg=last,
            )
            press(page, "2" if refund else "1")
    page.reload()
    page.wait_for_selector("#row-text")
    for _ in range(50):
        refund = "refund" in page.text_content("#row-text")
        pressed[press(page, "2" if refund else "1")] = "refund" if refund else "ordinary"
    assert len(pressed) == 100
    pressed[press(page, "u")] = "unsure"
    pressed[press(page, "s")] = "skip"
    # Two back is the last label; it was wrong.
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[data-action^='class '][aria-pressed='true']")
    wrong = row_of(page)
    other = "1" if pressed[wrong] == "refund" else "2"
    press(page, other)
    pressed[wrong] = "ordinary" if other == "1" else "refund"
    until(lambda: served.answers() == pressed)
    page.wait_for_selector("#saved[data-state='saved']")
    page.wait_for_selector("#labelled:text-is('100')", timeout=5_000)
    assert exported(page, served) == pressed


def test_undo_to_any_depth_also_after_a_reload(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    rows = [press(page, "1") for _ in range(4)]
    until(lambda: len(served.answers()) == 4)
    page.reload()
    page.wait_for_selector("#row-text")
    for row in reversed(rows):
        before = row_of(page)
        page.wait_for_selector("[data-action='undo']:enabled")
        page.keyboard.press("z")
        wait_for_another(page, before)
        assert row_of(page) == row
    until(lambda: served.answers() == {})


def test_answers_given_while_the_server_is_away_are_sent_when_it_is_back(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    page.wait_for_timeout(300)
    served.stop()
    pressed = {press(page, "2"): "refund" for _ in range(3)}
    page.wait_for_selector("#saved[data-state='offline']")
    assert "3 answers kept here" in page.text_content("#saved")
    assert served.answers() == {}
    served.start()
    until(lambda: served.answers() == pressed)
    page.wait_for_selector("#saved[data-state='saved']")


def test_answers_given_while_the_database_is_moved_are_sent_when_it_is_back(serve, visit):
    served = serve(letters(20), text="text")
    folder = served.project.folder
    page = visit(served)
    page.wait_for_timeout(300)
    (folder / "labels.sqlite").rename(folder / "elsewhere")
    pressed = {press(page, "2"): "refund" for _ in range(3)}
    page.wait_for_selector("#saved[data-state='offline']")
    assert "3 answers kept here" in page.text_content("#saved")
    (folder / "elsewhere").rename(folder / "labels.sqlite")
    until(lambda: served.answers() == pressed)
    page.wait_for_selector("#saved[data-state='saved']")


def test_the_page_says_in_words_that_the_database_is_locked(serve, visit, monkeypatch):
    monkeypatch.setattr(engine, "_LOCKED_SECONDS", 0.2)
    served = serve(letters(2), text="text")
    page = visit(served)
    page.wait_for_timeout(300)
    with closing(sqlite3.connect(served.project.folder / "labels.sqlite")) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            page.keyboard.press("1")
            page.wait_for_timeout(300)
        page.wait_for_selector("#row:has-text('another program keeps its database locked')")
        assert "kept here and sent" in page.text_content("#row")
    until(lambda: len(served.answers()) == 2)


def test_two_annotators_are_asked_different_rows(serve, visit):
    served = serve(letters(40), text="text")
    ann, ben = visit(served, name="ann"), visit(served, name="ben")
    of_ann = {press(ann, "1") for _ in range(8)}
    of_ben = {press(ben, "2") for _ in range(8)}
    assert of_ann.isdisjoint(of_ben)
    expected = dict.fromkeys(of_ann, "ordinary") | dict.fromkeys(of_ben, "refund")
    until(lambda: served.answers() == expected)


def test_a_note_goes_with_the_answer_and_its_letters_are_no_keys(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    page.keyboard.press("n")
    page.keyboard.type("1 2 us z?")
    page.keyboard.press("Escape")
    row = press(page, "2")
    until(lambda: served.answers() == {row: "refund"})
    (opinion,) = served.live.now().rows[row].opinions
    assert (opinion.note, opinion.how.channel) == ("1 2 us z?", "control")
    assert opinion.seconds is not None
    assert 0 <= opinion.seconds < 60


def test_keys_can_be_changed(serve, visit):
    served = serve(letters(20), text="text")
    page = visit(served)
    page.keyboard.press("?")
    page.click("[data-action='class refund'].quiet")
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    assert page.text_content("[data-action='class refund'] kbd") == "F"
    row = press(page, "f")
    until(lambda: served.answers() == {row: "refund"})
    page.reload()
    page.wait_for_selector("#row-text")
    press(page, "f")
    assert page.url == served.address


@pytest.fixture
def started():
    """A function that serves a project's folder by a process of its own."""
    servers = []

    def one(folder):
        servers.append(Server(folder).start())
        return servers[-1]

    yield one
    for server in servers:
        server.stop()


def test_the_server_is_killed_and_comes_back_with_another_token(tmp_path, started, visit):
    make_project(tmp_path / "letters", letters(40), text="text").close()
    server = started(tmp_path / "letters")
    page = visit(server)
    pressed = {press(page, "1"): "ordinary" for _ in range(3)}
    page.wait_for_selector("#saved[data-state='saved']")
    server.kill()
    pressed |= {press(page, "2"): "refund" for _ in range(2)}
    page.wait_for_selector("#saved[data-state='offline']")
    server.start()
    page.wait_for_selector("#saved[data-state='closed']")
    assert "2 answers kept here" in page.text_content("#saved")
    page.goto(server.link)
    page.wait_for_selector("#row-text")
    pressed[press(page, "2")] = "refund"
    page.wait_for_selector("#saved[data-state='saved']")
    assert exported(page, server) == pressed


def test_a_text_in_several_columns_has_their_names_and_its_words_marked(serve, visit):
    texts = letters(40)["text"].to_pylist()
    table = pa.table({
        "title": [text.split(":")[0] + ": 𝄞" for text in texts],
        "body": [text.split(": ")[1] for text in texts],
        "note": [None if i % 2 else "please" for i in range(40)],
    })  # fmt: skip
    served = serve(table, text=["title", "body", "note"])
    labels = [Answer(row, label="refund" if row % 10 == 0 else "ordinary") for row in range(31)]
    served.live.answer("ann", labels)
    page = visit(served)
    assert page.locator("#row > h2.part").all_text_contents() == ["title", "body", "note"]
    row = row_of(page)
    parts = page.locator("#row > .text").all_text_contents()
    note = "no value" if row % 2 else "please"
    assert parts == [table["title"][row].as_py(), table["body"][row].as_py(), note]
    page.wait_for_selector("#row mark")
    words = set(page.locator("#row mark").all_text_contents())
    assert words <= set(re.findall(r"\w+", " ".join(parts)))
    assert page.locator("#row > .text").all_text_contents() == parts
