"""The widget for notebooks without a browser: actions come in, and labels go out."""

import asyncio
import base64
import io
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from motherlode import ActiveLearner, InputError, Pool
from motherlode.web._notebook._desk import Desk
from motherlode.web._notebook._drawing import draw_row

TEXTS = [
    f"Letter {i}: {'please refund' if i % 5 == 0 else 'a street and a house'}" for i in range(40)
]
CLASSES = ["ordinary", "refund"]


def make_learner(data=TEXTS, **named):
    return ActiveLearner(data, CLASSES, minority="refund", strategy="random", seed=0, **named)


class View:
    """One view of a widget, which numbers its actions."""

    def __init__(self, desk, by="a"):
        self.desk, self.by = desk, by

    def act(self, kind, number=None, **more):
        action = {
            "by": self.by, "number": number or self.desk.turn + 1, "kind": kind,
            "row": next(iter(self.desk.state["queue"]), None), **more,
        }  # fmt: skip
        return action, self.desk.receive(action)

    def label(self, code, **more):
        return self.act("label", code=code, **more)


def labels_of(learner):
    rows, labels = learner.labelled
    return dict(zip(rows.tolist(), labels.tolist(), strict=True))


def test_answers_are_taught_at_once_with_the_origin_that_the_question_had():
    learner = make_learner(control=0.5)
    desk = Desk(learner, batch=4)
    asked = desk.state["queue"]
    origins = learner.origins_of(asked)
    view = View(desk)
    for i, row in enumerate(asked):
        assert desk.state["queue"][0] == row
        view.label(i % 2)
        assert labels_of(learner)[row] == CLASSES[i % 2]
    assert list(learner.session().origins) == origins
    assert desk.state["labelled"] == 4
    assert desk.state["found"] == 2
    assert len(desk.state["queue"]) == 4
    assert not set(desk.state["queue"]) & set(asked)


def test_the_rows_are_those_that_the_learner_would_ask():
    asked = Desk(make_learner(), batch=6).state["queue"]
    assert asked == make_learner().query(6).rows.tolist()


def test_undo_goes_back_to_any_depth_over_batches_and_skips():
    learner = make_learner()
    desk = Desk(learner, batch=2)
    view = View(desk)
    shown = []
    for kind in ("label", "skip", "label"):
        shown.append(desk.state["queue"][0])
        view.act(kind, code=1)
    assert labels_of(learner) == {shown[0]: "refund", shown[2]: "refund"}
    assert learner.skipped.tolist() == [shown[1]]
    for row in reversed(shown):
        view.act("undo")
        assert desk.state["queue"][0] == row
        assert str(row) in desk.drawings
    assert labels_of(learner) == {}
    assert learner.skipped.tolist() == []
    view.act("undo")
    assert desk.state["said"] == "There is nothing to take back."
    queue = desk.state["queue"]
    assert len(queue) == len(set(queue))


def test_a_message_that_comes_twice_is_done_once():
    learner = make_learner()
    desk = Desk(learner)
    action, _ = View(desk).label(1)
    state = desk.state
    assert desk.receive(action) is None
    assert desk.state == state
    undo, _ = View(desk).act("undo")
    assert labels_of(learner) == {}
    desk.receive(undo)
    desk.receive(action)
    assert labels_of(learner) == {}


def test_two_views_that_answer_one_row_label_it_once_and_the_second_is_told():
    learner = make_learner()
    desk = Desk(learner)
    row = desk.state["queue"][0]
    View(desk, "a").label(1)
    _, refused = View(desk, "b").label(0, number=1, row=row)
    assert refused == {"refused": "b", "number": 1}
    assert labels_of(learner) == {row: "refund"}


@pytest.mark.parametrize("code", [2, -1, None, "refund", 0.0])
def test_what_is_no_class_is_not_taught(code):
    learner = make_learner()
    desk = Desk(learner)
    row = desk.state["queue"][0]
    desk.receive({"by": "a", "number": 1, "kind": "label", "row": row, "code": code})
    assert labels_of(learner) == {}
    assert desk.state["queue"][0] == row
    assert learner.skipped.tolist() == []
    View(desk).label(1)
    assert labels_of(learner) == {row: "refund"}


def test_a_row_that_is_not_on_show_gets_no_label():
    learner = make_learner()
    desk = Desk(learner)
    View(desk).label(1, row=desk.state["queue"][1])
    assert labels_of(learner) == {}
    assert "not on show" in desk.state["said"]


@pytest.mark.parametrize(
    "action", [{}, {"number": "1"}, {"number": 1, "kind": "other"}, {"number": 99}]
)
def test_messages_that_mean_nothing_change_nothing(action):
    learner = make_learner()
    desk = Desk(learner)
    queue = desk.state["queue"]
    desk.receive(action)
    assert desk.state["queue"] == queue
    assert labels_of(learner) == {}


def test_labels_of_other_cells_are_kept():
    learner = make_learner()
    desk = Desk(learner, batch=5)
    first, second, third = desk.state["queue"][:3]
    learner.teach([first, third], ["ordinary", "ordinary"])
    View(desk).label(1)
    assert f"Row {first} is labelled ordinary by now" in desk.state["said"]
    assert labels_of(learner) == {first: "ordinary", third: "ordinary"}
    assert third not in desk.state["queue"]
    View(desk).label(1)
    learner.correct([second], ["ordinary"])
    View(desk).act("undo")
    assert labels_of(learner)[second] == "ordinary"
    assert "nothing is taken back" in desk.state["said"]


def test_a_label_that_another_cell_took_back_can_be_given_again():
    learner = make_learner()
    desk = Desk(learner)
    row = desk.state["queue"][0]
    View(desk).label(1)
    learner.unteach([row])
    View(desk).act("undo")
    View(desk).label(0)
    assert labels_of(learner) == {row: "ordinary"}


def test_undo_of_a_skip_leaves_what_was_skipped_before():
    learner = make_learner()
    learner.skip([7])
    desk = Desk(learner, [7])
    View(desk).act("skip")
    View(desk).act("undo")
    assert learner.skipped.tolist() == [7]


def test_given_rows_are_asked_in_their_order_and_then_it_ends():
    learner = make_learner()
    desk = Desk(learner, [5, 2])
    assert desk.state["queue"] == [5, 2]
    assert desk.drawings["5"]["reason"] == "You chose this row yourself."
    View(desk).label(1)
    View(desk).label(0)
    assert desk.state["ended"]
    assert labels_of(learner) == {5: "refund", 2: "ordinary"}
    with pytest.raises(InputError, match=r"Row 5 is labelled 'refund'.*unteach"):
        Desk(learner, [2, 5][::-1])


def test_the_last_batch_is_short_and_then_it_ends():
    learner = make_learner(TEXTS[:5])
    desk = Desk(learner, batch=3)
    for _ in range(5):
        assert not desk.state["ended"]
        View(desk).label(0)
    assert desk.state["ended"]
    assert len(labels_of(learner)) == 5


def test_it_tells_that_it_works_before_it_asks():
    learner = make_learner()
    desk = Desk(learner, batch=1)
    told = []
    desk.tell = lambda: told.append((desk.state["working"], len(desk.state["queue"])))
    View(desk).label(0)
    assert told == [(True, 0), (False, 1)]


def test_a_question_that_fails_is_said_and_can_be_asked_again(monkeypatch):
    learner = make_learner()
    desk = Desk(learner, batch=1)

    def fail(n):
        raise RuntimeError("no memory")

    with monkeypatch.context() as broken:
        broken.setattr(learner, "query", fail)
        with pytest.raises(RuntimeError):
            View(desk).label(0)
    assert desk.state["said"] == "RuntimeError: no memory"
    assert not desk.state["working"]
    assert len(labels_of(learner)) == 1
    View(desk).act("more")
    assert len(desk.state["queue"]) == 1
    assert desk.state["said"] == ""


def test_probabilities_are_shown_once_two_classes_are_known():
    learner = make_learner()
    row = learner.query(1).rows[0]
    assert Desk(learner).drawings[str(row)]["chances"] == []
    learner.teach([0, 1], ["refund", "ordinary"])
    desk = Desk(learner)
    row = desk.state["queue"][0]
    chances = dict(desk.drawings[str(row)]["chances"])
    assert set(chances) == set(CLASSES)
    assert list(chances.values()) == sorted(chances.values(), reverse=True)
    assert chances["refund"] == pytest.approx(learner.predict_proba([row])[0, 1])


def test_classes_of_any_type_are_told_apart():
    learner = ActiveLearner(TEXTS, [False, True], strategy="random")
    desk = Desk(learner)
    assert desk.about["classes"] == ["False", "True"]
    assert desk.state["found"] is None  # nobody named the positive class
    row = desk.state["queue"][0]
    View(desk).label(1)
    assert labels_of(learner) == {row: True}


@pytest.mark.parametrize("bad", [{"batch": 0}, {"batch": True}, {"batch": 2.5}, {"show": "text"}])
def test_what_cannot_be_used_is_said_in_a_sentence(bad):
    with pytest.raises(InputError, match=f"^{next(iter(bad))} is .*; give a"):
        Desk(make_learner(), **bad)


def test_rows_go_to_the_browser_ten_at_a_time():
    desk = Desk(make_learner(), batch=30)
    seen = set()
    for _ in range(30):
        drawings = desk.drawings
        assert len(drawings) <= 10
        assert str(desk.state["queue"][0]) in drawings
        seen |= set(drawings)
        View(desk).label(0)
    assert len(seen) == 30


# What is shown ------------------------------------------------------------------------------


def fields_of(drawing):
    assert drawing["kind"] == "table"
    return dict(drawing["content"])


def image_of(drawing):
    image = pytest.importorskip("PIL.Image")
    content = drawing["image"].split("base64,")[1]
    return image.open(io.BytesIO(base64.b64decode(content)))


def test_a_text_is_shown_as_it_is():
    drawing = draw_row(Pool(["<b>one</b>", "two \ud800"]), 0, None)
    assert drawing == {
        "kind": "text",
        "columns": ["text"],
        "kinds": {},
        "content": {"text": "<b>one</b>"},
    }
    assert draw_row(Pool(["one", "two \ud800"]), 1, None)["content"] == {"text": "two ?"}


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_table_has_its_names_in_reading_order_and_its_digits_as_they_are(kind):
    frame = pd.DataFrame({
        "when": pd.to_datetime(["2024-03-01", "2024-03-02"]), "2": [1.1, np.nan], "1": [2024, 2025],
        "paid": [True, False], "id": [2**53 - 1, 7], "what": ["", "two"],
    })  # fmt: skip
    if kind == "polars":
        frame = pytest.importorskip("polars").from_pandas(frame)
    if kind == "pyarrow":
        frame = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    drawing = draw_row(Pool(frame), 0, None)
    assert [name for name, _ in drawing["content"]] == ["when", "2", "1", "paid", "id", "what"]
    fields = fields_of(drawing)
    assert fields.pop("when").startswith("2024-03-01")
    assert fields == {"2": "1.1", "1": "2024", "paid": "yes", "id": str(2**53 - 1), "what": ""}
    assert fields_of(draw_row(Pool(frame), 1, None))["2"] is None
    assert set(drawing["kinds"]) == {"2", "1", "id"}
    assert "hint" not in drawing


def test_a_table_on_disk_is_shown(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": range(50), "b": [f"word {i % 3}" for i in range(50)]})
    frame.to_parquet(tmp_path / "rows.parquet")
    drawing = draw_row(Pool(tmp_path / "rows.parquet"), 3, None)
    assert fields_of(drawing) == {"a": "3", "b": "word 0"}


@pytest.mark.parametrize("form", [np.asarray, csr_matrix])
def test_numbers_alone_come_with_a_hint(form):
    X = np.eye(30, dtype=np.float32) * 0.1
    drawing = draw_row(Pool(form(X)), 3, None)
    assert "show=" in drawing["hint"]
    assert fields_of(drawing)["column 3"] == "0.1"
    if form is np.asarray:
        assert fields_of(drawing)["…"] == "10 more"


@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        (np.array([[0, 16], [8, 16]]), [[0, 255], [128, 255]]),
        (np.array([[0.0, 1.0], [0.5, 0.2]]), [[0, 255], [128, 51]]),
        (np.array([[3, 4], [5, 6]], dtype=np.uint8), [[3, 4], [5, 6]]),
        (np.array([[[3], [4]], [[5], [6]]], dtype=np.uint8), [[3, 4], [5, 6]]),
        (np.array([[True, False], [True, True]]), [[255, 0], [255, 255]]),
        (np.array([[np.nan, 0.0], [1.0, 1.0]]), [[0, 0], [255, 255]]),
    ],
)
def test_pixels_become_a_picture_that_is_large_enough(pixels, wanted):
    image = image_of(draw_row(Pool(np.eye(3)), 0, lambda row: pixels))
    assert image.size == (192, 192)
    assert np.asarray(image.convert("L"))[::96, ::96].tolist() == wanted


def test_colours_may_stand_first_or_last():
    pixels = np.random.default_rng(0).integers(0, 255, (200, 250, 3), dtype=np.uint8)
    last = image_of(draw_row(Pool(np.eye(3)), 0, lambda row: pixels))
    first = image_of(draw_row(Pool(np.eye(3)), 0, lambda row: np.moveaxis(pixels, 2, 0)))
    assert np.array_equal(np.asarray(last), pixels)
    assert np.array_equal(np.asarray(first), pixels)


def test_pictures_come_from_paths_bytes_and_pillow_and_large_ones_are_made_smaller(tmp_path):
    image = pytest.importorskip("PIL.Image").new("RGB", (3000, 1500), (200, 10, 10))
    path = tmp_path / "red.png"
    image.save(path)
    for value in (path, path.read_bytes(), image):
        found = image_of(draw_row(Pool(np.eye(3)), 0, lambda row, value=value: value))
        assert found.size == (1024, 512)
    assert image.size == (3000, 1500)
    assert image_of(draw_row(Pool([path, path]), 1, None)).size == (1024, 512)


def test_a_picture_that_cannot_be_shown_says_so(tmp_path):
    path = tmp_path / "gone.png"
    for value in (path, b"no picture"):
        drawing = draw_row(Pool(np.eye(3)), 2, lambda row, value=value: value)
        assert "row 2" in drawing["problem"]
        assert "image" not in drawing


def test_show_may_return_anything():
    def shown(value):
        return draw_row(Pool(np.eye(3)), 1, lambda row: value)

    assert shown("a text")["content"] == {"text": "a text"}
    assert shown(5)["content"] == {"text": "5"}
    assert fields_of(shown([1.5, "two"])) == {"column 0": "1.5", "column 1": "two"}
    mixed = shown({"age": 5, "scan": np.zeros((4, 4)), "name": None, "raw": np.float32(0.1)})
    assert fields_of(mixed) == {"age": "5", "name": None, "raw": "0.1"}
    assert mixed["image"].startswith("data:image/png;base64,")
    assert "hint" not in shown(np.arange(3))

    def fail(row):
        raise KeyError(row)

    assert draw_row(Pool(np.eye(3)), 1, fail)["problem"] == "show(1) raised KeyError: 1"


# The widget ---------------------------------------------------------------------------------


def test_the_widget_sends_what_changes_and_hears_actions():
    pytest.importorskip("anywidget")
    learner = make_learner()
    widget = learner.label(batch=2)
    row = widget.state["queue"][0]
    sent = []
    widget.observe(lambda change: sent.append(change["name"]))
    widget._handle_custom_msg({"by": "a", "number": 1, "kind": "label", "row": row, "code": 1}, [])
    assert labels_of(learner) == {row: "refund"}
    assert widget.state["labelled"] == 1
    assert "state" in sent
    widget._handle_custom_msg("nonsense", [])
    assert widget.state["turn"] == 1


def test_a_message_that_comes_in_another_thread_waits_for_the_cell_that_runs():
    pytest.importorskip("anywidget")
    learner = make_learner()
    threads, cells = [], []
    teach = learner.teach
    learner.teach = lambda *given: threads.append(threading.get_ident()) or teach(*given)

    async def run_cells():
        cells.append(threading.get_ident())
        widget = learner.label()
        action = {
            "by": "a",
            "number": 1,
            "kind": "label",
            "row": widget.state["queue"][0],
            "code": 1,
        }
        other = threading.Thread(target=widget._handle_custom_msg, args=(action, []))
        other.start()
        other.join()
        assert labels_of(learner) == {}  # this cell still runs
        await asyncio.sleep(0.01)
        return widget

    # In a thread without a loop of its own, as that of tests in a browser has one.
    with ThreadPoolExecutor(1) as executor:
        widget = executor.submit(lambda: asyncio.run(run_cells())).result()
    assert widget.state["labelled"] == 1
    assert threads == cells


def test_rows_may_be_a_query_a_set_or_ids_and_each_is_asked_once():
    pytest.importorskip("anywidget")
    learner = make_learner()
    query = learner.query(3)
    assert learner.label(query).state["queue"] == query.rows.tolist()
    assert learner.label({9, 3}).state["queue"] == [3, 9]
    assert learner.label(np.array([9, 3, 9])).state["queue"] == [9, 3]
    with pytest.raises(InputError, match="Row 40 is not in the pool"):
        learner.label([40])


def test_without_anywidget_one_sentence_says_what_to_install():
    code = (
        "import sys; from importlib.machinery import PathFinder\n"
        "class Absent(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'anywidget': return None\n"
        "        return super().find_spec(name, path, target)\n"
        "sys.meta_path = [f for f in sys.meta_path if f is not PathFinder] + [Absent]\n"
        "from motherlode import ActiveLearner, InputError\n"
        "learner = ActiveLearner(['one', 'two', 'three'], [0, 1])\n"
        "try: learner.label()\n"
        "except InputError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        'Labelling in a notebook needs anywidget: pip install "motherlode[notebook]".\n'
    )


def test_the_script_is_one_module_of_the_scripts_of_the_page():
    pytest.importorskip("anywidget")
    from motherlode.web import _notebook
    from motherlode.web._notebook._widget import join_scripts

    script = join_scripts()
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert re.findall(r"^export .*", script, re.MULTILINE) == ["export default {"]
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))
    assert {"drawRow", "Keys", "element", "LabelView"} <= set(names)
    # Each script that is imported is joined before the one that imports it.
    own = (Path(_notebook.__file__).parent / "widget.js").read_text()
    assert set(re.findall(r'"\.\./static/(\w+\.js)"', own)) == {"build.js", "keys.js", "row.js"}


def test_a_prior_stated_in_another_cell_asks_anew_after_the_row_on_show():
    learner = ActiveLearner(TEXTS, CLASSES, minority="refund", seed=0)
    desk = Desk(learner, batch=6)
    before = desk.state["queue"]
    learner.prior = "a street and a house"
    assert desk.state["queue"] == before  # what is on show stays
    View(desk).label(0)
    assert desk.state["queue"] == learner.query(6).rows.tolist() != before[1:]
    learner.prior = None
    View(desk).act("undo")
    assert desk.state["queue"][0] == before[0]  # what was taken back is on show first
    View(desk).label(0)
    assert desk.state["queue"] == learner.query(6).rows.tolist()


def test_rows_of_ones_choice_stay_when_a_prior_is_stated():
    learner = make_learner()
    desk = Desk(learner, rows=[4, 5, 6])
    learner.prior = "please refund"
    View(desk).label(0)
    assert desk.state["queue"] == [5, 6]


def test_a_page_without_widgets_says_how_many_rows_are_labelled():
    widget = make_learner().label()
    assert repr(widget) == "LabelWidget(0 of 40 rows labelled; run its cell to label more)"
    assert widget._repr_mimebundle_()[0]["text/plain"] == repr(widget)
