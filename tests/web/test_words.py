"""Where the words that speak for a row stand in its text, and what guidelines may hold."""

import numpy as np

from motherlode import Pool
from motherlode.project._insight.linear_explanation import explain_labels
from motherlode.web._guidelines import read_guidelines, render_markdown


def test_spans_count_as_browsers_do():
    pool = Pool(["refund now", "refund please", "hello there", "hello you"])
    reading = explain_labels(pool, np.arange(4), np.array([True, True, False, False]))
    text = "😀 Refund, hello"
    spans = {text.encode("utf-16-le")[2 * a : 2 * b].decode("utf-16-le"): w > 0
             for a, b, w in reading.spans(text)}  # fmt: skip
    assert spans == {"Refund": True, "hello": False}


def test_words_that_say_nothing_are_not_marked():
    rng = np.random.default_rng(0)
    common = ["und", "das", "auch"]
    texts = [" ".join([*rng.permutation(common), f"w{i % 40}", "the", "Erstattung" * (i % 10 == 0)])
             for i in range(400)]  # fmt: skip
    pool = Pool(texts)
    rows = np.arange(60)
    reading = explain_labels(pool, rows, rows % 10 == 0)
    marked = {text for row in range(60) for a, b, _ in reading.spans(texts[row])
              if (text := texts[row][a:b])}  # fmt: skip
    pushed = {name for row in range(60) for name, _ in reading.pushes(row)}
    assert "Erstattung" in marked
    assert "erstattung" in pushed
    assert not (marked | pushed) & {*common, "the"}


def test_one_kind_of_label_reads_nothing():
    assert (
        explain_labels(Pool(["red boat", "old house"]), np.arange(2), np.array([True, True]))
        is None
    )


def test_guidelines_hold_no_markup_of_the_writer():
    text = render_markdown("[x](javascript:alert(1)) ![i](http://e/x.png) <img src=x onerror=y>")
    assert "<img" not in text
    assert '<a href="javascript' not in text


def test_guidelines_are_read_from_the_folder(tmp_path):
    assert "guidelines.md" in read_guidelines(tmp_path)
    (tmp_path / "guidelines.md").write_text("# Gold\n\n**shines**")
    assert read_guidelines(tmp_path) == "<h2>Gold</h2>\n<p><strong>shines</strong></p>\n"
