"""What a prior brings on the proving ground: its priors, its plan, its page."""

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.proving import priors
from benchmarks.proving.sessions import Ground, Session, Setting
from benchmarks.proving.sources.task import Rows, Task

RNG = np.random.default_rng(0)
POSITIVE = np.arange(3000) % 20 == 0


def rows(n=3000):
    return Rows(RNG.normal(size=(n, 3)).astype("float32"), POSITIVE[:n])


def task(name="made/yes:20", kind="numbers", n=3000):
    return Task(name, name.split("/")[0], kind, 20, partial(rows, n), None)


@pytest.mark.parametrize("auc", [0.6, 0.9, 0.2])
def test_scores_have_the_quality_that_they_are_named_by(auc):
    ground = Ground(task())
    made = [priors.scores(ground, Setting(seed=seed), auc=auc) for seed in range(5)]
    each = [roc_auc_score(POSITIVE, scores) for scores in made]
    assert np.mean(each) == pytest.approx(auc, abs=0.03)


def test_a_labeller_errs_as_often_as_it_is_said():
    made = priors.labeller(Ground(task()), Setting(), sensitivity=0.8, specificity=0.95)
    assert made[POSITIVE].mean() == pytest.approx(0.8, abs=0.1)
    assert made[~POSITIVE].mean() == pytest.approx(0.05, abs=0.02)


CLASSES = [f"{source}/included" for source in priors.TITLES] + sorted(priors.TOPICS)


@pytest.mark.parametrize("name", CLASSES)
def test_what_is_said_of_another_is_never_said_of_the_class(name):
    ground = Ground(task(f"{name}:20"))
    for seed in range(9):
        other = priors.said_of_another(ground, Setting(seed=seed))
        assert other != priors.said(ground, Setting(seed=seed))


def test_constants_are_chosen_on_other_sources_than_those_that_judge():
    tasks = [task(f"source{i}/yes:20") for i in range(7)]
    tasks += [task(f"{source}/included:20", "abstracts") for source in priors.TITLES]
    tasks += [task(f"{name}:20", "posts") for name in priors.TOPICS]
    topical = {name.split("/")[0] for name in priors.TOPICS}
    choice, judge = (
        {each.source for each in priors.chosen(tasks, part)} for part in ("choice", "judge")
    )
    assert not choice & judge
    assert len(choice | judge) == 16 + len(topical)
    assert 5 <= len(choice - topical) <= 6
    assert 1 <= len(choice & topical) < len(judge & topical)


def test_sessions_are_kept_and_the_page_compares_them(tmp_path):
    made = task(n=300)
    kept = priors.Kept(tmp_path / "sessions.jsonl")
    wanted = [key for key in priors.plan([made], 1) if key.prior in ("nothing", "AUC .9")]
    assert [key.setting.start for key in wanted] == ["none", "none", "one", "one"]
    priors.lead(kept, [made], wanted[:2], None)
    again = priors.Kept(tmp_path / "sessions.jsonl")
    assert again.known == kept.known
    assert all(isinstance(each, Session) for each in again.known.values())
    written = priors.page(list(again.known.values()), 2, ["other"])
    assert "2 sessions are still to be run" in written
    assert "From one positive" not in written
    assert written.count("| AUC .9 |") == 1
