"""The proving ground's own parts: sessions, baselines, journal, plan, page."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from benchmarks.efficiency import journal as digests
from benchmarks.proving import limits, report, weights
from benchmarks.proving.arms import ARMS, CHANCE, DEFAULT, PRETRAINED, SHORT, chosen
from benchmarks.proving.baselines import Simple
from benchmarks.proving.journal import Journal
from benchmarks.proving.plan import BESIDE, MAIN, one_each, plan
from benchmarks.proving.sessions import Ground, Session, Setting, budget
from benchmarks.proving.sources.task import Rows, Task
from benchmarks.proving.summary import by_source, figure, ratio, worst_tenth
from benchmarks.proving.work import lead
from motherlode import Pool
from motherlode.errors import InputError
from motherlode.models import PretrainedClassifier as Pretrained


class Here:
    """A folder that is always there."""

    source, licence = "made up", "free"

    def path(self, *parts):
        return None


def clusters(name="one", source="made", kind="numbers", n=240):
    def read():
        rng = np.random.default_rng(0)
        positive = np.arange(n) % 20 == 0
        data = rng.normal(size=(n, 3)) + 4.0 * positive[:, None]
        return Rows(data.astype(np.float32), positive)

    return Task(name, source, kind, 19, read, Here())


def session(answers, **changes):
    given = {
        "task": "t", "source": "s", "kind": "numbers", "arm": "a", "start": "none", "batch": 10,
        "named": True, "seed": 0, "rows": 99, "positives": 4, "seconds": 1.0,
    }  # fmt: skip
    return Session(**{**given, "answers": answers, **changes})


def test_a_session_says_what_it_found():
    it = session("0010010000")
    assert (it.first, it.found(5), it.found(10)) == (3, 0.25, 0.5)
    assert it.first_by_chance == 20.0
    assert session("0000").first == 6
    assert session("11", positives=50).found(2) == 1.0, "two labels cannot find more than two"


def test_the_ceiling_takes_the_best_arm_of_each_source():
    found = {"a": {"auto": 2, "forest, likeliest": 4}, "b": {"auto": 4, "forest, likeliest": 2}}
    led = [
        session("1" * found[source].get(arm, 0) + "0" * (50 - found[source].get(arm, 0)),
                arm=arm, source=source, task=source, start="one")
        for source in found for arm in SHORT
    ]  # fmt: skip
    row = limits.limits(led, "one", 50)
    assert row[1].startswith("0.750 ")
    assert row[2] == "0.750 (forest, likeliest)"
    assert row[4] == "1.000"
    assert row[7].startswith("1.333 ")
    assert row[8] == "50 %"
    assert "| one positive known, 200 labels | 0.750" in limits.page(
        [*led, *(replace(s, start="none") for s in led)]
    )


@pytest.mark.parametrize("start", ["none", "one", "five"])
def test_every_setting_starts_with_what_it_says(start):
    ground = Ground(clusters())
    led = ground.session("random", Setting(start, batch=7), "random")
    assert len(led.answers) == budget(240) == 60
    assert led.positives == 12 - {"none": 0, "one": 1, "five": 5}[start]


@pytest.mark.parametrize("model", ["forest", "line"])
@pytest.mark.parametrize("rule", ["likeliest", "margin", "mixed"])
def test_simple_baselines_find_clusters(model, rule):
    led = Ground(clusters()).session("it", Setting("five"), Simple(model, rule))
    by_chance = Ground(clusters()).session("random", Setting("five"), "random")
    assert led.found(50) > by_chance.found(50)


def test_mixed_takes_half_of_each_at_any_batch():
    ground = Ground(clusters())
    one = ground.session("it", Setting("five", batch=1), Simple("line", "mixed"))
    assert one.found(50) > 0.5


def test_there_is_no_baseline_of_another_name():
    with pytest.raises(InputError, match="no simple baseline"):
        Simple("tree", "likeliest")
    with pytest.raises(InputError, match="no arm"):
        chosen(["auto", "nothing"])
    assert chosen(["all"]) == list(ARMS)
    assert chosen(["auto", "pretrained"]) == ["auto", *PRETRAINED]


@pytest.mark.parametrize("name", PRETRAINED)
def test_the_network_is_an_arm_of_its_own_and_a_member(name):
    arm = ARMS[name]
    ground = Ground(clusters())
    model = arm.model(ground.pool)
    assert isinstance(dict(getattr(model, "estimators", [("", model)])).popitem()[1], Pretrained)
    led = ground.session(name, Setting("five"), arm.strategy, arm.model, most=10)
    assert led.found(10) > 0.3
    texts = Pool(["a sea", "a street", "a house by the sea"] * 9)
    assert isinstance(ARMS["auto with the network"].model(texts), LogisticRegression)


def test_the_plan_begins_with_a_task_of_each_source():
    tasks = [clusters(f"{source}{i}", source) for source in "ab" for i in range(3)]
    first = one_each(tasks)
    assert [task.source for task in first] == ["a", "b"]
    quick, whole = (plan(tasks, ["auto", "random"], quick=quick) for quick in (True, False))
    assert len(quick) == 2 * 2 * len(MAIN)
    assert whole[: len(quick)] == quick
    assert len(whole) == 6 * 2 * len(MAIN) + 2 * len(BESIDE)
    assert len(set(whole)) == len(whole)


def test_work_goes_on_where_it_was_cut(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(digests, "RUNS", tmp_path)
    tasks = [clusters("one", "a"), clusters("two", "b", "mixed")]
    arms = [DEFAULT, CHANCE, "line, likeliest"]
    wanted = plan(tasks, arms, quick=True)
    assert lead(Journal(), tasks, wanted[:4]) == 0
    again = Journal()
    assert len(again.lacking(wanted)) == len(wanted) - 4
    assert lead(again, tasks, wanted) == 0
    for path in tmp_path.iterdir():  # a crash tears the last line
        path.write_text(path.read_text()[:-20])
    assert len(Journal().lacking(wanted)) == 2
    page = report.page([again.known[key] for key in wanted])
    assert "| auto |" in page
    assert "default / best rival" in page
    assert "| mixed | 1 | 1 |" in page


def test_sources_count_once():
    many = [session("1" * 10, source="a", positives=10) for _ in range(9)]
    few = [session("0" * 10, source="b", positives=10)]
    means = by_source(many + few, lambda s: s.found(10))
    assert figure(means.values()).mean == 0.5
    assert ratio(means, {"a": 0.5, "b": 0.5}).mean == 1.0
    assert worst_tenth(many + few, lambda s: s.found(10)) == 0.0


def test_weights_follow_the_better_member():
    linear = int(np.flatnonzero((weights.MIXTURES == (1, 0, 0, 0)).all(axis=1))[0])
    means = np.full((5, len(weights.MIXTURES)), 0.2)
    means[:, linear] = 0.4
    assert weights.weights_of(means).tolist() == pytest.approx([1, 0, 0, 0], abs=0.01)
    assert weights.nearest(np.array([0.9, 0.1, 0.0, 0.0])) == linear


def test_rounds_are_recorded_while_few_positives_are_known():
    states = [s for n in (600, 800) for s in weights.recorded(clusters(source=str(n), n=n))]
    assert states
    assert all(state.positives < weights.ENOUGH for state in states)
    assert all(len(state.found) == len(weights.MIXTURES) for state in states)
    assert "rounds of 2 sources" in weights.table(states)
