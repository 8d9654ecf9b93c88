"""Labels from files."""

import pytest

from motherlode.errors import InputError
from motherlode.project._log import log
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.teaching import TeachingResult, teach
from motherlode.project._training.training import ask_batch


@pytest.fixture
def taught(project):
    def teach_them(rows, labels, **options):
        with project.database.writing() as connection:
            state = log.read_state(connection)
            return teach(connection, state, project.settings, "ann", rows, labels, 1.0, **options)

    return teach_them


def state(project):
    with project.database.reading() as connection:
        return log.read_state(connection)


def test_a_file_taught_twice_changes_nothing(project, taught):
    assert taught([1, 2], ["dry", "gold"]) == TeachingResult(2, 0, 0)
    before = state(project)
    assert taught([1, 2], ["dry", "gold"]) == TeachingResult(0, 2, 0)
    assert taught([2, 1], ["gold", "dry"]) == TeachingResult(0, 2, 0)
    assert state(project).last == before.last


def test_a_file_taught_again_does_not_undo_a_correction(project, taught):
    taught([1, 2], ["dry", "gold"])
    live = Live(project)
    live.answer("ann", [Answer(1, label="gold")])
    live.close()
    assert taught([1, 2], ["dry", "gold"]) == TeachingResult(0, 2, 0)
    assert state(project).rows[1].label == "gold"


def test_another_label_is_refused_whole_unless_it_is_a_correction(project, taught):
    taught([1], ["dry"])
    with pytest.raises(InputError, match="Row 1 is labelled 'dry' and now 'gold'"):
        taught([5, 1], ["dry", "gold"])
    assert 5 not in state(project).rows
    assert taught([5, 1], ["dry", "gold"], correct=True) == TeachingResult(1, 0, 1)
    assert state(project).rows[1].label == "gold"
    assert taught([1], ["dry"], correct=True) == TeachingResult(0, 0, 1)
    assert state(project).rows[1].label == "dry"


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [
        ([1, 1], ["dry", "gold"], "labelled both"),
        ([120], ["dry"], "Row 120"),
        ([1], ["wet"], "'wet'"),
    ],
)
def test_wrong_files(taught, rows, labels, said):
    with pytest.raises(InputError, match=said):
        taught(rows, labels)


def test_rows_that_a_query_gave_out_keep_what_it_knew(project, taught):
    taught([0, 1, 2], ["gold", "dry", "dry"])
    asked = ask_batch(project, 3)
    other = next(row for row in range(120) if row not in {0, 1, 2, *asked.rows})
    taught([*asked.rows, other], ["dry"] * 4)
    found = {}
    with project.database.reading() as connection:
        for event in log.read_after(connection, 3):
            found[event.row] = event.how
    first = found[asked.rows[0]]
    assert (first.channel, first.strategy, first.model_version) == ("query", "Margin", 3)
    assert first.utility == asked.utilities[0]
    assert (found[other].channel, found[other].query) == ("given", None)


def test_the_same_labels_ask_the_same_rows(project, taught):
    taught([0, 1, 2], ["gold", "dry", "dry"])
    assert ask_batch(project, 5).rows == ask_batch(project, 5).rows
