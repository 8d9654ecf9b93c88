import json
import multiprocessing
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from motherlode import Pool
from motherlode.errors import InputError
from motherlode.priors import Judge, as_prior
from motherlode.priors._judge import digest_row, read_answer


class Asked:
    """A function that remembers what it was given."""

    __name__ = "asked"

    def __init__(self, answer=lambda row: "apple" in row):
        self.answer, self.batches = answer, []

    def __call__(self, rows):
        self.batches.append(rows)
        return [self.answer(row) for row in rows]

    @property
    def rows(self):
        return [row for batch in self.batches for row in batch]


def quiet(function, **options):
    if "cache" in options:
        options.setdefault("name", getattr(function, "__name__", None))
    return Judge(function, tell=lambda sentence: None, **options)


def test_each_row_is_judged_once_in_batches_whatever_is_asked_again():
    asked = Asked()
    judge = quiet(asked, batch=2)
    assert judge(["apple", "boat", "apple pie"]).tolist() == [1, 0, 1]
    assert judge(["boat", "apple", "tree", "boat"]).tolist() == [0, 1, 0, 0]
    assert asked.batches == [["apple", "boat"], ["apple pie"], ["tree"]]
    assert (judge.asked, judge.left) == (4, 496)


def test_equal_rows_are_judged_once_in_one_call():
    asked = Asked()
    assert quiet(asked)(["apple", "apple", "boat", "apple"]).tolist() == [1, 1, 0, 1]
    assert asked.rows == ["apple", "boat"]


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (True, 1), (False, 0), (np.True_, 1), (1, 1), (0.25, 0.25), (np.float32(0.5), 0.5),
        ("yes", 1), ("Yes.", 1), (" NO ", 0), ("unsure", 0.5), ("0.75", 0.75), ("true", 1),
        (None, None), (float("nan"), None),
    ],
)  # fmt: skip
def test_answers_are_numbers_flags_or_words(answer, score):
    assert read_answer(answer) == score
    found = quiet(Asked(lambda row: answer))(["a row"])
    assert np.array_equal(found, [np.nan if score is None else score], equal_nan=True)


@pytest.mark.parametrize("answer", ["perhaps", 1.5, -0.1, "nan", [1], {}, pd.NA, "7", 2, "inf"])
def test_an_odd_answer_fails_its_row_alone(answer):
    judge = quiet(Asked(lambda row: answer if row == "odd" else 0.5))
    with pytest.warns(UserWarning, match=r"'asked' failed on row 17: it said"):
        found = judge(["even", "odd", "other"], ids=[4, 17, 5])
    assert np.array_equal(found, [0.5, np.nan, 0.5], equal_nan=True)
    assert len(judge.problems) == 1


def test_nothing_is_called_before_the_number_is_told():
    said, asked = [], Asked()
    judge = Judge(asked, most=5, price=0.5, tell=lambda s: said.append((s, len(asked.rows))))
    judge(["a", "b"])
    judge(["a", "b", "c"])
    judge(["c"])
    assert said == [
        ("asked: 2 rows to judge now, for at most 1.00, 0 known already; 3 of at most 5 are left "
         "after them.", 0),
        ("asked: 1 row to judge now, for at most 0.50, 2 known already; 2 of at most 5 are left "
         "after them.", 2),
    ]  # fmt: skip
    assert "paid at most: 1.50" in repr(judge)


def test_planning_counts_what_would_be_asked_and_asks_nothing():
    asked = Asked()
    judge = quiet(asked, most=4)
    judge(["a", "b"])
    assert judge.plan(["a", "b"]) == 0
    assert judge.plan(["a", "c", "c"]) == 1
    assert judge.plan([f"row {i}" for i in range(9)]) == 2
    assert asked.rows == ["a", "b"]


def test_no_more_than_the_limit_is_judged_and_that_is_said_once():
    asked, said = Asked(lambda row: 1), []
    judge = Judge(asked, most=3, batch=2, tell=said.append)
    found = judge(list("abcde"))
    assert np.array_equal(found, [1, 1, 1, np.nan, np.nan], equal_nan=True)
    assert len(said) == 2
    assert "'asked' was given 3 rows, the most that it may see" in said[1]
    assert np.array_equal(judge(list("eda")), [np.nan, np.nan, 1], equal_nan=True)
    assert len(said) == 2
    assert asked.rows == ["a", "b", "c"]


def test_an_error_is_reported_with_the_rows_and_the_others_are_judged():
    def fails(rows):
        if "bad" in rows:
            raise TimeoutError("no answer in 30 s")
        return [1.0] * len(rows)

    judge = quiet(fails, batch=2, most=10)
    with pytest.warns(UserWarning, match=r"failed on rows 0, 1: TimeoutError: no answer in 30 s"):
        found = judge(["bad", "a", "b"])
    assert np.array_equal(found, [np.nan, np.nan, 1], equal_nan=True)
    assert judge.asked == 3  # a failed attempt may have cost as much
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judge(["bad"])  # in this process it is not tried again
    assert judge.asked == 3


def test_a_service_that_is_away_is_tried_by_one_batch_of_each_call():
    away, given = True, []

    def service(rows):
        given.append(len(rows))
        if away:
            raise ConnectionError("refused")
        return ["yes"] * len(rows)

    judge = quiet(service, batch=5)
    with pytest.warns(UserWarning, match="failed") as said:
        assert np.isnan(judge([f"row {i}" for i in range(60)])).all()
    assert given == [5, 5, 5]
    assert "failed 3 times in a row, so 45 rows more are not" in str(said[-1].message)
    with pytest.warns(UserWarning, match="failed") as said:
        judge([f"row {i}" for i in range(100, 160)])
    assert given == [5, 5, 5, 5]
    assert "failed 4 times in a row, so 55 rows more" in str(said[-1].message)
    away = False
    assert judge([f"row {i}" for i in range(200, 260)]).tolist() == [1.0] * 60
    assert sum(given) == 20 + 60


def test_another_number_of_answers_than_rows_fails_the_batch():
    with pytest.warns(UserWarning, match="it gave 1 answer for 2 rows"):
        assert np.isnan(quiet(lambda rows: [1], name="short")(["a", "b"])).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("10", "it gave one str for 2 rows; it gets a list of rows, and returns a list"),
        ({0: 1, 1: 0}, "it gave one dict for 2 rows"),
        ({0, 1}, "it gave one set for 2 rows"),
        (None, "it gave None for 2 rows"),
        (1.0, "it gave one float for 2 rows"),
    ],
)
def test_answers_are_a_list_in_the_order_of_the_rows(given, said):
    with pytest.warns(UserWarning, match=said):
        assert np.isnan(quiet(lambda rows: given, name="one")(["a", "b"])).all()


def test_of_an_error_of_many_lines_the_first_is_told():
    def away(rows):
        raise ConnectionError("the service is away.\nA page of HTML\n")

    judge = quiet(away)
    with pytest.warns(UserWarning, match=r"row 0: ConnectionError: the service is away\.$"):
        judge(["a"])
    assert "\n" not in judge.problems[0]


def test_a_stop_by_the_user_keeps_what_was_paid_for(tmp_path):
    def stops(rows):
        if "third" in rows:
            raise KeyboardInterrupt
        return [1] * len(rows)

    judge = quiet(stops, batch=1, cache=tmp_path / "kept.jsonl")
    with pytest.raises(KeyboardInterrupt):
        judge(["first", "second", "third"])
    after = Asked()
    assert quiet(after, name="stops", cache=tmp_path / "kept.jsonl")(["first"]).tolist() == [1]
    assert after.rows == []


def test_answers_outlive_the_process_under_the_name_of_the_judge(tmp_path):
    file = tmp_path / "deep" / "kept.jsonl"
    quiet(Asked(), name="first", cache=file)(["apple", "boat"])
    same, other = Asked(), Asked(lambda row: 0.5)
    assert quiet(same, name="first", cache=file, most=2)(["boat", "apple"]).tolist() == [0, 1]
    assert same.rows == []
    assert quiet(other, name="second", cache=file)(["apple"]).tolist() == [0.5]
    assert [json.loads(line)["judge"] for line in file.read_text().splitlines()] == [
        "first", "first", "second",
    ]  # fmt: skip


def test_the_limit_holds_for_all_processes_together(tmp_path):
    file = tmp_path / "kept.jsonl"
    quiet(Asked(), cache=file)(["a", "b"])
    asked = Asked()
    judge = quiet(asked, cache=file, most=3)
    assert judge.left == 1
    assert np.isnan(judge(["c", "d"])[1])
    assert asked.rows == ["c"]


def test_failed_attempts_count_for_the_next_process_which_tries_again(tmp_path):
    file, asked = tmp_path / "kept.jsonl", Asked()

    def fails(rows):
        raise OSError("away")

    with pytest.warns(UserWarning, match="away"):
        quiet(fails, name="one", cache=file)(["apple"])
    judge = quiet(asked, name="one", cache=file)
    assert judge.asked == 1
    assert judge(["apple"]).tolist() == [1]
    assert judge.asked == 2


@pytest.mark.parametrize(
    "damage",
    [b"", b"not json\n", b'{"judge": "asked", "row"', b"[1]\n", b'{"judge":"asked","row":"x",'
     b'"score":7}\n', b"\xff\xfe\n", b"null\n"],
)  # fmt: skip
def test_a_damaged_line_costs_that_line_alone(tmp_path, damage):
    file = tmp_path / "kept.jsonl"
    quiet(Asked(), cache=file)(["apple"])
    with file.open("ab") as opened:
        opened.write(damage)
    quiet(Asked(), cache=file)(["boat"])
    asked = Asked()
    assert quiet(asked, cache=file)(["apple", "boat"]).tolist() == [1, 0]
    assert asked.rows == []


def test_what_another_process_learnt_is_not_paid_again(tmp_path):
    file = tmp_path / "kept.jsonl"
    first, second = Asked(), Asked()
    one, two = quiet(first, cache=file), quiet(second, cache=file)
    one(["apple"])
    two(["apple", "boat"])
    assert one(["boat"]).tolist() == [0]
    assert (first.rows, second.rows) == (["apple"], ["boat"])


def _judge_many(file, start):
    quiet(Asked(), batch=3, most=10_000, cache=file)([f"{start} apple {i}" for i in range(200)])


def test_two_processes_write_one_file(tmp_path):
    file = tmp_path / "kept.jsonl"
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_judge_many, args=(file, name)) for name in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len({line["row"] for line in lines}) == len(lines) == 400


def test_a_file_that_cannot_be_used_is_named_before_anything_is_paid_for(tmp_path):
    (tmp_path / "file").write_text("")
    asked = Asked()
    with pytest.raises(InputError, match=r"'asked' can't be (read|written) in .*kept.jsonl"):
        quiet(asked, cache=tmp_path / "file" / "kept.jsonl")(["a"])
    with pytest.raises(InputError, match=r"can't be (read|written)"):
        quiet(asked, cache=tmp_path)(["a"])
    assert asked.rows == []


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_rows_of_a_table_are_dicts_of_their_columns(library):
    asked = Asked(lambda row: row["fruit"] == "apple")
    rows = library({"fruit": ["apple", "pear"], "grams": [90, 120]})
    assert quiet(asked)(rows).tolist() == [1, 0]
    assert asked.rows[0] == {"fruit": "apple", "grams": 90}


def test_pictures_are_known_by_their_content(tmp_path):
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for path, content in zip(paths, [b"one", b"two", b"one"], strict=True):
        path.write_bytes(content)
    asked = Asked(lambda path: path.read_bytes() == b"one")
    assert quiet(asked)(paths).tolist() == [1, 0, 1]
    assert asked.rows == paths[:2]
    with pytest.raises(InputError, match="can't be read"):
        quiet(asked)([Path(tmp_path / "none.png")])


def test_numbers_come_row_by_row_and_sparse_ones_are_refused():
    asked = Asked(lambda row: row[0] > 1)
    assert quiet(asked)(np.array([[0.0, 1], [2, 3]])).tolist() == [0, 1]
    with pytest.raises(InputError, match="sparse"):
        quiet(asked)(csr_matrix([[1.0]]))


def test_digests_tell_rows_apart_and_are_the_same_everywhere():
    rows = ["a", {"x": "a"}, {"x": "a", "y": None}, {"xa": ""}, np.array([1.0]), 1.0, "1.0", None]
    assert len({digest_row(row) for row in rows}) == len(rows)
    told = subprocess.run(
        [sys.executable, "-c", "from motherlode.priors._judge import digest_row; "
         "print(digest_row({'x': 'a', 'n': 1}))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == digest_row({"x": "a", "n": 1})


def test_what_is_no_function_is_refused():
    with pytest.raises(InputError, match="give a function"):
        Judge("no function")


def test_answers_on_disk_need_a_name_that_changes_with_the_question(tmp_path):
    with pytest.raises(InputError, match="kept under the judge's name"):
        Judge(Asked(), cache=tmp_path / "kept.jsonl")
    pool = Pool(["apple", "boat", "pear"], cache=tmp_path / "pool")
    quiet(Asked()).score(pool, np.arange(3))
    assert not (tmp_path / "pool" / "judged.jsonl").exists()


def test_rows_of_a_pool_are_judged_and_kept_beside_its_cache(tmp_path):
    texts = ["apple", "boat", "pear", "apple pie"]
    asked = Asked()
    judge = quiet(asked, name="fruit, question 1")
    judge(["apple"])  # tried on a row before the search
    assert judge.score(Pool(texts, cache=tmp_path), np.array([3, 0])).tolist() == [1, 1]
    later = Asked()
    pool = Pool(texts[::-1], cache=tmp_path)
    judge = quiet(later, name="fruit, question 1")
    assert judge.score(pool, np.array([3, 0])).tolist() == [1, 1]
    assert judge.score(pool, np.array([], dtype=int)).tolist() == []
    assert (asked.rows, later.rows) == (["apple", "apple pie"], [])


def test_messages_name_rows_by_their_global_ids():
    judge = quiet(Asked(lambda row: "what?"))
    with pytest.warns(UserWarning, match="failed on rows 2, 1: it said 'what"):
        judge.score(Pool(["red apple", "old boat", "tall tree"]), np.array([2, 1]))


def test_judges_are_the_same_only_if_they_are_one():
    one, other = Judge(Asked()), Judge(Asked())
    assert one == one
    assert one != other
    assert len({one, other}) == 2
    assert as_prior(one) is one
    assert as_prior(lambda rows: [1] * len(rows)).describe() == "the judge 'a function'"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"most": 0}, "most is 0"),
        ({"most": True}, "most is True"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"price": -1}, "price is -1"),
        ({"price": float("nan")}, "price is nan"),
        ({"price": "0.1"}, "price is '0.1'"),
        ({"name": " "}, "name is empty"),
    ],
)
def test_odd_options_are_refused(options, said):
    with pytest.raises(InputError, match=said):
        Judge(Asked(), **options)


def test_by_default_the_number_is_told_on_the_standard_error(capsys):
    Judge(Asked())(["a"])
    assert "asked: 1 row to judge now" in capsys.readouterr().err
