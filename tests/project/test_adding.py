"""Rows are added: ids and labels stay, and whatever reads rows has the new ones."""

import json

import numpy as np
import pyarrow as pa
import pytest
from projects import rows_table
from pyarrow import csv

from motherlode._files.choices import Choices
from motherlode.errors import InputError
from motherlode.project._care.backup import back_up
from motherlode.project._care.checking import check_labels, check_rows, say_nothing
from motherlode.project._data import rows as rows_file
from motherlode.project._data.fitting import fit_columns
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._export import Export
from motherlode.project._log import log
from motherlode.project._log.fold import State
from motherlode.project._serving import ranking
from motherlode.project._serving.adding import Source, add_rows, run_alone
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import change_settings, take_change_back
from motherlode.project._serving.live import Live
from motherlode.project._training.training import CurrentPool, rank_queue

BIG, CHOICES = rows_table(300), Choices()


def check_whole(project):
    """See that a project is whole, and give the id of its last event."""
    check_rows(project)
    found = check_labels(project, say_nothing)
    assert not found.faults
    return found.last


@pytest.fixture
def project(make):
    return make(BIG.slice(0, 120))


def add(project, table, **how):
    return add_rows(project, Source(table, "more.csv"), "ann", run_alone(project), **how)


def with_depth(table, depth):
    return table.set_column(1, "depth", pa.array([depth] * len(table)))


def test_new_rows_get_the_next_ids_and_are_there_for_whoever_opens_the_project(project):
    done = add(project, BIG.slice(120, 30))
    assert (done.added, done.first, project.settings.rows) == (30, 120, 150)
    add(project, BIG.slice(150, 5))
    with open_project(project.folder) as again:
        assert again.settings.rows == len(again.rows.table) == len(again.rows.pool()) == 155
        assert [again.rows.name(row) for row in (0, 119, 120, 154)] == [
            "r0",
            "r119",
            "r120",
            "r154",
        ]
        assert again.rows.numbers["r154"] == 154
        assert again.rows.table.to_pylist() == BIG.slice(0, 155).to_pylist()


def test_rows_that_are_there_are_refused_left_or_updated(project):
    mixed = pa.concat_tables(
        [BIG.slice(118, 1), with_depth(BIG.slice(119, 1), 9.5), BIG.slice(120, 3)]
    )
    with pytest.raises(InputError, match=r"2 of the 5 rows of more.csv .* 1 of them .*'r118'"):
        add(project, mixed)
    assert project.settings.rows == 120
    left = add(project, mixed, known="leave")
    assert (left.added, left.unchanged, left.left) == (3, 1, ("r119",))
    assert project.rows.content(119)["depth"] != "9.5"
    done = add(project, mixed, known="update")
    assert (done.added, done.updated, done.unchanged, done.changed) == (0, 1, 4, (119,))
    assert project.rows.content(119)["depth"] == "9.5"
    assert [project.rows.name(row) for row in (118, 119, 120)] == ["r118", "r119", "r120"]
    assert add(project, mixed, known="update").event is None  # nothing is left to do


def test_a_row_that_was_updated_keeps_its_label_which_is_flagged_until_it_is_given_again(project):
    live = Live(project)
    live.answer("ann", [Answer(5, "label", "gold"), Answer(6, "label", "dry")])
    old = project.rows.content(5)
    add(project, with_depth(BIG.slice(5, 1), 7.25), known="update")
    state = live.now()
    assert (state.rows[5].label, state.outdated) == ("gold", [5])
    lines = pa.concat_tables(Export(project).tables()).to_pylist()
    assert [line["content_changed"] for line in lines] == [True, False]
    events = pa.concat_tables(Export(project, events=True).tables()).to_pylist()
    assert json.loads(events[-1]["before"]) == {"5": old}  # what the label was given to
    live.answer("ann", [Answer(5, "label", "gold")])
    assert live.now().outdated == []
    live.close()


def test_ids_that_are_missing_or_doubled_are_refused(project):
    twice = pa.concat_tables([BIG.slice(200, 2), BIG.slice(201, 2)])
    with pytest.raises(InputError, match="the id r201 more than once, first in rows "):
        add(project, twice)
    gap = BIG.slice(200, 2).set_column(0, "id", pa.array(["a", None]))
    blank = gap.set_column(0, "id", pa.array(["a", " "]))
    for table in (gap, blank):
        with pytest.raises(InputError, match="1 gap, the first in row 1"):
            add(project, table)


def test_columns_must_fit(project):
    held = project.rows.table
    text = {
        "id": ["a"],
        "depth": ["1,5"],
        "width": ["2"],
        "town": pa.array([None], pa.string()),
        "note": ["x"],
    }
    fitted = fit_columns(pa.table(text), held, {"id", "depth", "width"}, CHOICES, "it")
    assert fitted.table.schema.equals(held.schema)
    assert fitted.table.to_pylist() == [{"id": "a", "depth": 1.5, "width": 2.0, "town": None}]
    assert fitted.notes == ("The project has no note, which is left out.",)
    bare = pa.table({n: v for n, v in text.items() if n != "town"})
    assert "has no town, which is empty" in fit_columns(bare, held, {"id"}, CHOICES, "it").notes[0]
    with pytest.raises(InputError, match="no column 'depth' \\(is it 'Depth'"):
        fit_columns(pa.table({"id": ["a"], "Depth": [1.0]}), held, {"id", "depth"}, CHOICES, "it")
    wrong = pa.table(text | {"depth": ["deep"]})
    with pytest.raises(InputError, match="can't be read as numbers"):
        fit_columns(wrong, held, {"id"}, CHOICES, "it")
    wrong = pa.table(text).set_column(1, "depth", pa.array([0], pa.timestamp("s")))
    with pytest.raises(InputError, match="'depth' of it holds dates, and numbers in the project"):
        fit_columns(wrong, held, {"id"}, CHOICES, "it")


def test_whole_numbers_become_all_numbers_where_new_rows_have_those(make):
    table = BIG.slice(0, 50).set_column(1, "depth", pa.array(range(50)))
    project = make(table)
    add(project, pa.table(fit_columns(
        with_depth(BIG.slice(50, 2), 0.5), project.rows.table, {"id"}, CHOICES, "it"
    ).table))  # fmt: skip
    assert project.rows.table.column("depth").to_pylist()[-3:] == [49.0, 0.5, 0.5]
    assert len(project.rows.pool()) == 52


def test_a_running_server_serves_the_new_rows_and_every_row_once(project):
    live = Live(project)
    seen = []
    for _ in range(100):
        (lease,) = live.next("ann")
        live.answer("ann", [Answer(lease.offer.row, "label", "dry")])
        seen.append(lease.offer.row)
    with open_project(project.folder) as other:  # as the command does, beside the server
        add(other, BIG.slice(120, 40))
    while leases := live.next("ann", 7):
        rows = [lease.offer.row for lease in leases]
        live.answer("ann", [Answer(row, "label", "dry") for row in rows])
        seen += rows
    assert sorted(seen) == list(range(160))
    live.close()


def test_the_trainer_ranks_rows_that_were_added_and_changed(project):
    pool, state = CurrentPool(project), State()
    assert rank_queue(project, pool, state)
    assert not rank_queue(project, pool, state)
    with open_project(project.folder) as other:
        add(other, BIG.slice(120, 60))
    assert rank_queue(project, pool, state)
    with project.database.reading() as connection:
        assert max(ranking.read_latest(connection).rows) >= 120
    before = pool.at(state)
    with open_project(project.folder) as other:
        add(other, with_depth(BIG.slice(3, 1), 5.0), known="update")
    assert rank_queue(project, pool, state)
    assert pool.at(state) is not before
    assert pool.at(state).data.column("depth")[3].as_py() == 5.0


def test_two_who_add_at_once_both_have_their_rows(project):
    with open_project(project.folder) as other:
        project.rows.table, other.rows.table  # noqa: B018 - both have looked
        add(other, BIG.slice(120, 10))
        done = add(project, BIG.slice(125, 10), known="leave")
    assert (done.added, done.unchanged, done.first) == (5, 5, 130)
    assert project.rows.name(134) == "r134"


def test_a_part_that_is_missing_is_asked_for_and_read_once_it_is_there(project):
    with open_project(project.folder) as other:
        add(other, BIG.slice(120, 10))
    path = project.folder / "rows-2.arrow"
    aside = path.rename(path.with_name("aside"))
    with open_project(project.folder) as again:
        with pytest.raises(InputError, match=r"rows-2\.arrow from the project's folder there"):
            again.rows.content(0)
        with pytest.raises(InputError, match=r"copy rows-2\.arrow"):
            add(again, BIG.slice(130, 10))
        aside.rename(path)
        assert again.rows.content(125)
    path.write_bytes(path.read_bytes()[:-9] + b"something")
    with (
        open_project(project.folder) as again,
        pytest.raises(InputError, match="has changed since"),
    ):
        again.rows.check()


def test_the_next_rows_take_the_name_of_an_orphan(project):
    (project.folder / "rows-2.arrow").write_bytes(b"half of a file")
    with open_project(project.folder) as again:
        assert len(again.rows.table) == 120
        assert check_whole(again) == 0
        add(again, BIG.slice(120, 3))
        assert again.rows.name(122) == "r122"


def test_what_did_not_reach_the_disk_is_forgotten(project):
    live = Live(project)

    def run(operation):
        def then_fail(connection, state):
            assert operation(connection, state.changes) is not None
            project.settings_at(log.read_state(connection, state))  # as the next operation does
            raise KeyboardInterrupt  # which undoes the whole transaction, as a full disk does

        return live.run(then_fail)

    with pytest.raises(KeyboardInterrupt):
        add_rows(project, Source(BIG.slice(120, 3), "more.csv"), "ann", run)
    assert live.now().last == 0
    assert (project.settings.rows, len(project.rows.table)) == (120, 120)
    assert add(project, BIG.slice(120, 3)).first == 120
    live.close()


def test_rows_that_were_added_are_no_change_to_take_back(project):
    live = Live(project)
    live.run(lambda c, s: change_settings(project, c, s, "ann", {"control": 0.5}, 1.0))
    event = add(project, BIG.slice(120, 3)).event
    with pytest.raises(InputError, match="Rows that were added stay"):
        live.run(lambda c, s: take_change_back(project, c, s, "ann", 1.0, event))
    live.run(lambda c, s: take_change_back(project, c, s, "ann", 1.0))
    assert (project.settings.control, project.settings.rows) == (0.0, 123)
    live.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_copy_has_all_parts(project, tmp_path):
    add(project, BIG.slice(120, 20))
    add(project, with_depth(BIG.slice(0, 2), 3.5), known="update")
    assert back_up(project, tmp_path / "copy", say_nothing) == 2
    with open_project(tmp_path / "copy") as copy:
        assert copy.rows.table.to_pylist() == project.rows.table.to_pylist()
        assert copy.rows.content(1)["depth"] == "3.5"


def test_texts_of_new_rows_are_encoded(make, monkeypatch):
    class Lengths:
        def encode(self, texts):
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    monkeypatch.setattr(
        "motherlode.project._data.encoders.get_encoder", lambda name, kind: Lengths()
    )
    from motherlode.project._data.settings import Recipe

    table = pa.table(
        {"id": [f"t{i}" for i in range(20)], "text": ["word " * (i + 2) for i in range(20)]}
    )
    project = make(
        table, recipe=Recipe("margin", "logistic_regression", encoder="lengths"),
        kind="text", columns=("text",), shown=("text",),
    )  # fmt: skip
    more = pa.table({"id": ["t3", "t20"], "text": ["short", "somewhat longer"]})
    add(project, more, known="update")
    data = project.rows.data()
    assert (len(data), data[3, 0], data[20, 0]) == (21, 5, 15)
    assert (project.folder / rows_file.name_file(rows_file.VECTORS, 2)).exists()


def test_images_of_another_folder_are_read_from_there(tmp_path, url, monkeypatch):
    from PIL import Image
    from projects import settings_for

    from motherlode.project._data.sources import read_source

    def draw(folder, name, grey):
        (tmp_path / folder).mkdir(exist_ok=True)
        Image.new("L", (8, 8), grey).save(tmp_path / folder / name)

    for folder, name, grey in [("a", "1.png", 0), ("a", "2.png", 9), ("b", "1.png", 200)]:
        draw(folder, name, grey)
    table = pa.table({"image": ["1.png", "2.png"]})
    settings = settings_for(
        pa.table({"x": [1.0]}), kind="image", columns=("image",), shown=("image",), id=None,
        image_root=str(tmp_path / "a"),
    )  # fmt: skip
    with create_project(tmp_path / "p", settings, table, url) as project:

        def look(folder, **how):
            fitted, name, root = read_source(project, str(tmp_path / folder), CHOICES)
            source = Source(fitted.table, name, root)
            return add_rows(project, source, "ann", run_alone(project), **how)

        def read_alone(name):
            fitted, said, root = read_source(project, name, CHOICES)
            return add_rows(project, Source(fitted.table, said, root), "ann", run_alone(project))

        assert look("b").first == 2
        assert project.rows.image(2) == (tmp_path / "b" / "1.png").read_bytes()
        assert project.rows.image(0) == (tmp_path / "a" / "1.png").read_bytes()
        assert len(project.rows.pool()) == 3
        with pytest.raises(InputError, match="2 of the 2 rows"):
            look("a")
        # The same folder under other names: as people type it, and as tables name its files.
        monkeypatch.chdir(tmp_path)
        named = pa.table({"image": ["a/1.png", f"{tmp_path}/b/1.png", "./a/../a/2.png"]})
        for name, table in [("a.csv", named), ("b/all.csv", named.slice(1, 1))]:
            csv.write_csv(table, tmp_path / name)
            with pytest.raises(InputError, match="all of them with the same content"):
                read_alone(name)
        with pytest.raises(InputError, match="all of them with the same content"):
            read_alone("a")
        draw("a", "2.png", 99)
        assert look("a", known="update").changed == (1,)
        assert project.rows.image(1) == (tmp_path / "a" / "2.png").read_bytes()
