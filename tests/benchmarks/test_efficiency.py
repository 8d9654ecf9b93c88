import numpy as np
import pytest

from benchmarks.datasets import DEVELOP, JUDGE, NAMES
from benchmarks.efficiency.__main__ import QUICK, main
from benchmarks.efficiency.arms import Arm, chosen_arms
from benchmarks.efficiency.groups import GROUPS
from benchmarks.efficiency.sets import LARGE, chosen, prepare, stratified
from motherlode.errors import InputError

SMALL = ["--sets", "digits8", "--seeds", "1", "--budget", "2", "--batch", "2", "--max-rows", "200"]


def test_a_stratified_sample_keeps_the_share_of_positives():
    labels = np.zeros(1_000, np.int8)
    labels[::20] = 1
    rows = stratified(labels, 400)
    assert len(np.unique(rows)) == 400
    assert (np.diff(rows) > 0).all()
    assert labels[rows].sum() == 20
    assert np.array_equal(rows, stratified(labels, 400))


def test_a_sample_never_has_fewer_positives_than_can_be_split():
    labels = np.zeros(1_000, np.int8)
    labels[:10] = 1
    assert labels[stratified(labels, 100)].sum() == 4
    labels[3:] = 0
    assert labels[stratified(labels, 100)].sum() == 3


def test_a_set_is_cut_only_when_asked_and_says_so():
    whole = prepare("digits8")
    assert (len(whole.dataset.labels), whole.note) == (1_797, "")
    assert prepare("digits8", max_rows=1_797).note == ""
    cut = prepare("digits8", max_rows=300)
    assert cut.note == "stratified sample of 1,797 rows, seed 0"
    assert cut.dataset.is_positive.sum() == 29
    assert len(cut.dataset.data) == len(cut.dataset.labels) == 300
    rows = stratified(whole.dataset.labels, 300)
    assert np.array_equal(cut.dataset.data, whole.dataset.data[rows])
    assert not cut.is_rare


def test_large_sets_are_pointed_out(monkeypatch):
    assert LARGE == 25_000
    monkeypatch.setattr("benchmarks.efficiency.sets.LARGE", 1_000)
    assert prepare("digits8").note == "large"


def test_a_half_stands_for_its_sets():
    assert chosen(["develop"]) == list(DEVELOP)
    assert chosen(["sylva", "judge"]) == ["sylva", *(n for n in JUDGE if n != "sylva")]
    with pytest.raises(InputError, match="'no_such_set'"):
        chosen(["satimage", "no_such_set"])


def test_auto_is_an_arm_for_each_goal_and_peers_have_none():
    arms = chosen_arms(["random", "margin", "auto", "auto:find"], ["modal_default"])
    assert [(arm.name, arm.goal, arm.kind) for arm in arms] == [
        ("random", "both", "random"),
        ("margin", "both", "own"),
        ("auto:find", "find", "own"),
        ("auto:learn", "learn", "own"),
        ("auto:both", "both", "own"),
        ("modal_default", "both", "peer"),
    ]
    assert chosen_arms(["margin:learn"], []) == [Arm("margin:learn", "margin", "learn")]
    with pytest.raises(InputError, match="'win'"):
        chosen_arms(["auto:win"], [])
    with pytest.raises(InputError, match="no arm"):
        chosen_arms([], [])


def test_the_command_prints_writes_its_page_and_goes_on_from_what_is_kept(runs, capsys, tmp_path):
    folder = tmp_path / "page"
    asked = ["--strategies", "random,margin", "--peers", "modal_default", "--models", "logistic"]
    arguments = [*SMALL, *asked, "--report", str(folder)]
    assert main(arguments) == 0
    first = capsys.readouterr()
    assert "| set | random | margin | modal_default |" in first.out
    assert "Positives found from one:" in first.out
    assert "from none" not in first.out  # 1:10 is not rare, and run from one positive alone
    assert "[1/1] from one: digits8 seed 0 modal_default" in first.err
    page = (folder / "RESULTS.md").read_text()
    assert "--models logistic" in page
    assert "2 labels in batches of 2" in page
    assert "| digits8 | 200* | 1:10 | 19 | 1 | 0 |" in page
    assert main(arguments) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert "digits8" not in second.err


def test_the_quick_preset_gives_way_to_what_is_typed(runs, capsys):
    assert set(QUICK["sets"]) <= set(NAMES)
    assert set(QUICK["peers"]) <= set(GROUPS)
    typed = [*SMALL, "--strategies", "random", "--models", "logistic"]
    assert main(["--quick", *typed]) == 0
    assert (
        "| set | random | skactiveml_margin_logistic | modal_default |" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sets", "no_such_set"], "no_such_set"),
        (["--strategies", "no_such_strategy"], "no_such_strategy"),
        (["--budget", "0"], "budget"),
        (["--seeds", "few"], "few"),
        (["--seeds", "0"], "seeds"),
        (["--max-rows", "5"], "max-rows"),
        (["--jobs", "0"], "jobs"),
        (["--score-every", "0"], "score-every"),
        (["--peers", "no_such_peer"], "no_such_peer"),
        (["--models", "boosting"], "boosting"),
        (["--starts", "two"], "two"),
        (["--starts", ""], "starts is empty"),
    ],
)
def test_a_wrong_argument_ends_with_code_2_and_its_name(runs, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main([*SMALL, *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
