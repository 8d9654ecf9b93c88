"""Reasons in the words of those who label: each strategy's, and none with a measure in it."""

import re

import numpy as np
import pytest

from motherlode import ActiveLearner, Pool
from motherlode.project._insight.wording import name_rows, word_reason
from motherlode.strategies._registry import STRATEGIES

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4))
Y = np.where(X[:, 0] > 1.2, "gold", "dry")
WORDS = {
    "The model is unsure about this one",
    "Several models disagree about this one",
    "Looks most like gold",
    "Unlike anything labelled yet",
    "Stands out from the other rows",
    "Stands for many rows that are like it",
    "May be one of a small group of its own",
    "Much like a row that is labelled gold",
    "Drawn at random, to measure",
    "Drawn at random, as too little is labelled to choose by",
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", STRATEGIES.names())
def test_no_reason_of_a_strategy_reaches_a_labeller_as_a_measure(name, named):
    learner = ActiveLearner(
        Pool(X), ["dry", "gold"], strategy=name, minority="gold" if named else None, seed=0
    )
    for labels in (0, 20):
        if labels:
            learner.teach(range(labels), Y[:labels])
        for reason in learner.query(4).reasons:
            assert word_reason(reason, positive="gold") in WORDS, reason


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (None, None),
        ("you chose it yourself", "You chose it yourself"),
        ("drawn at random, as a share of rows is, to see what is left to find",
         "Drawn at random, to measure what is left to find"),
        ("ContinuousLearning: p(gold) = 0.2 with 91 rows presumed negative, moved up by the prior "
         "(odds times 3.1); positive class: gold", "Matches what you are looking for"),
        ('ByPrior: among the first 0.27% of the pool by the sentence "p(x) = 1: 2"',
         "Matches what you are looking for"),
        ('ByPrior: among the first 31.00% of the pool by the words "a", "of the pool by b"; '
         "positive class: gold", "The closest left to what you are looking for"),
        ("Margin 0.5; p(gold or silver) = 0.3, for class gold",
         "The model is unsure about this one"),
        ("last layer: CBAL(Entropy, weight=0.6) 2; p(gold) = 0.27",
         "The model is unsure about this one"),
        ("my own strategy wants row 3; positive class: gold", "My own strategy wants row 3"),
        ("A copy of row 17, which is labelled of row 3, which is no row and of row 4, which was "
         "skipped", "A copy of row <17>, which is labelled of row <3>, which is no row and of row "
         "<4>, which was skipped"),
    ],
)  # fmt: skip
def test_reasons_are_put_into_words(reason, said):
    assert word_reason(reason, "<{}>".format) == said


def test_rows_have_the_ids_of_the_user_also_in_the_details():
    reason = "GCMI: similarity 0.93 to row 12, a known positive"
    assert name_rows(reason, "r{}".format) == "GCMI: similarity 0.93 to row r12, a known positive"
    assert re.search(r"\d", word_reason(reason, "r{}".format, "gold")) is None


def test_a_control_draw_of_a_learner_is_said_in_words_too():
    learner = ActiveLearner(Pool(X), ["dry", "gold"], strategy="random", control=1.0, seed=0)
    learner.teach(range(20), Y[:20])
    assert {word_reason(one) for one in learner.query(4).reasons} == {"Drawn at random, to measure"}
