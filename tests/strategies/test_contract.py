"""What every strategy keeps, named or composed: the checks that others can run, too."""

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from motherlode.models._committee import Bags, Ensemble, Seeds, Variants
from motherlode.strategies import (
    KDE,
    LOF,
    NAMES,
    Entropy,
    InformationDensity,
    Interleave,
    LeastConfidence,
    Margin,
    Mixture,
    MostLikely,
    QueryByCommittee,
    Random,
    Ranks,
)
from motherlode.testing import strategy_checks

LINES = [LogisticRegression(C=0.1), LinearSVC()]
COMPOSED = {
    "product": Entropy() * KDE(region="dense"),
    "power": Margin() ** 0.5,
    "inverse": LOF() ** -1,
    "product of a power": Entropy() * KDE(region="dense") ** 0.5 * MostLikely(),
    "sum": Margin() + 0.3 * LOF(),
    "sum with a logarithm": MostLikely() + KDE(region="sparse"),
    "weighted": 2 * Entropy(),
    "ranks": Ranks(KDE()) + Ranks(Margin()) * Ranks(MostLikely()),
    "turns": Interleave(MostLikely(), Margin(), Random()),
    "turns within turns": Interleave(Interleave(Margin(), LOF()), Mixture(Random(), MostLikely())),
    "lots": Mixture(Margin(), KDE("compact"), weights=[0.7, 0.3]),
    "turns of products": Interleave(Entropy() * LOF(), Ranks(Margin()) + Ranks(LOF())),
    "unlike the rest": InformationDensity(beta=-1.0),
    "dense, in the minority": KDE("dense", within="predicted minority"),
    "outlying, in the minority": LOF(within="predicted minority"),
    "bags": QueryByCommittee(committee=Bags(3)),
    "seeds": QueryByCommittee("vote_entropy", Seeds(3)),
    "variants": QueryByCommittee("max_disagreement", Variants([{"C": 0.1}, {"C": 9.0}])),
    "weights": QueryByCommittee(
        committee=Variants([{"class_weight": None}, {"class_weight": "balanced"}])
    ),
    "estimators": QueryByCommittee("minority_deviation", LINES),
}
TWO_CLASSES_ONLY = {
    "at the prior": Margin(threshold="prior"),
    "at the cut": Entropy(threshold="separating"),
    "at a number": LeastConfidence(threshold=0.1),
}
OF_A_FOREST = {"ensemble": QueryByCommittee(committee=Ensemble())}
EVERY = {name: make() for name, make in NAMES.items()} | COMPOSED
BINARY = EVERY | TWO_CLASSES_ONLY | OF_A_FOREST


TWO = {*TWO_CLASSES_ONLY}
NOT_KEPT = {
    "check_three_classes": TWO,
    "check_class_not_seen": TWO,
    # Drawn at random, though with one seed for all rounds: trees, and the start of a clustering.
    "check_order_of_pool": {*OF_A_FOREST, "rare_interleave", "anomaly_feedback"},
    "check_is_a_value": {"estimators"},  # scikit-learn's estimators are no values
}
CHECKS = strategy_checks()
CASES = [(n, c.name) for c in CHECKS for n in BINARY if n not in NOT_KEPT.get(c.name, ())]


def model_for(name):
    return RandomForestClassifier(8) if name in OF_A_FOREST else LogisticRegression()


def checks_of(name):
    """The checks of a strategy by their names, with the model that it needs."""
    return {check.name: check for check in strategy_checks(model_for(name))}


@pytest.mark.parametrize(("name", "check"), CASES)
def test_every_strategy_keeps_what_all_keep(name, check):
    checks_of(name)[check](BINARY[name])


@pytest.mark.parametrize("name", BINARY)
def test_a_strategy_of_the_house_names_its_family_and_its_paper(name):
    strategy = BINARY[name]
    assert strategy.family != "your own"
    assert strategy.family == "composition" or strategy.paper or name in ("random", "auto")
