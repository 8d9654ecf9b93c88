"""What the README shows runs, as it stands there."""

import re
from pathlib import Path

import numpy as np
import pytest

from motherlode import ActiveLearner, Pool
from motherlode.strategies import Entropy

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_first_example_finds_the_eights():
    names = {}
    exec(BLOCKS[0], names)
    rows, labels = names["learner"].labelled
    assert len(rows) == 101
    assert (labels == "eight").sum() >= 60, "random would have found ten"
    assert set(names["model"].predict(names["X"][:20])) <= {"eight", "other"}


def test_the_strategy_example_is_used_and_combined_as_said():
    names = {}
    exec(BLOCKS[1], names)
    mine = names["LikelyNotSure"]()
    X = np.random.default_rng(0).normal(size=(40, 2))
    for strategy in (mine, mine * Entropy()):
        learner = ActiveLearner(Pool(X), [0, 1], strategy=strategy, minority=1)
        learner.teach([0, 1], [0, 1])
        assert len(learner.query(3)) == 3


HOME = re.compile(
    r"https://(?:github|raw\.githubusercontent)\.com/motherlode-dev/motherlode/(?:blob/)?main/"
)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_is_absolute_and_leads_somewhere(link):
    assert HOME.match(link), "relative links lead nowhere on the page of a package index"
    assert (Path(__file__).parent.parent / HOME.sub("", link)).exists()
