"""The buttons of the model at work."""

import csv

import numpy as np
import pyarrow as pa

from motherlode.project._serving.answers import Answer


def test_a_file_is_scored_and_the_rest_is_downloaded(serve, visit, tmp_path):
    rng = np.random.default_rng(0)
    rare = np.arange(60) % 6 == 0
    table = pa.table({"id": [f"a{i}" for i in range(60)], "sum": rng.normal(9 * rare)})
    served = serve(table, id="id")
    answers = [Answer(i, label="refund" if rare[i] else "ordinary") for i in range(30)]
    served.live.answer("ann", answers)
    page = visit(served, "dashboard")
    page.get_by_role("button", name="Score a file").click()
    page.get_by_text("Choose a file of rows first.").wait_for()
    new = tmp_path / "new.csv"
    new.write_text("id,sum\n007,9.50\n008,0.10\n")
    page.set_input_files("#score-file", new)
    with page.expect_download(timeout=60_000) as waited:
        page.get_by_role("button", name="Score a file").click()
    assert waited.value.suggested_filename == "new-scored.csv"
    with open(waited.value.path(), newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["id"], line["sum"], line["decision"]) for line in lines] == [
        ("007", "9.50", "refund"), ("008", "0.10", "ordinary"),
    ]  # fmt: skip
    page.get_by_text("new.csv is scored.").wait_for()
    new.write_text("id,amount\n1,2\n")
    page.set_input_files("#score-file", new)
    page.get_by_role("button", name="Score a file").click()
    page.get_by_text("The file has no column 'sum'").wait_for()
    with page.expect_download(timeout=60_000) as waited:
        page.get_by_role("link", name="Download the rest, likeliest first").click()
    with open(waited.value.path(), newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["id"] for line in lines[:5]} == {"a30", "a36", "a42", "a48", "a54"}
