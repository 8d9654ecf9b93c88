"""Committees: several models that all fit the labels so far.

Members differ in their seed, in the rows they are fitted on, in hyper-parameters or in kind. Or
they are the members of an ensemble that is fitted already, and then cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.ensemble import BaseEnsemble, StackingClassifier, VotingClassifier
from sklearn.ensemble._bagging import BaseBagging
from sklearn.ensemble._forest import BaseForest

from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.matrix import take
from ..errors import InputError
from ._classifier import FittedClassifier, fit_classifier, inside


@dataclass(frozen=True)
class Labelled:
    """What members are fitted on: rows, labels of at least two classes, and the classes.

    ``positive`` are the positive classes, see `fit_classifier`.
    """

    X: Matrix
    y: np.ndarray[Any, Any]
    classes: np.ndarray[Any, Any]
    positive: tuple[Any, ...] = ()


class Committee(Protocol):
    """A way to make members."""

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[Any]:
        """Make fitted members, each with ``predict_proba`` over the declared classes.

        Parameters
        ----------
        model : FittedClassifier
            The query model of this round.
        unfitted : classifier
            What the user handed in.
        labelled : Labelled
            The labelled rows, labels of at least two classes, and the classes.
        rng : numpy.random.Generator
            What the members' differences are drawn from.

        Returns
        -------
        list of classifiers
        """
        ...


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31 - 1))


@dataclass(frozen=True)
class Seeds(Committee):
    """The same model, fitted ``size`` times from different seeds.

    This is for models whose fit is random (trees, networks). Other models give equal members,
    which never disagree.

    Parameters
    ----------
    size : int
        Members.
    """

    size: int = 5

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[FittedClassifier]:
        """Fit ``size`` members on all labelled rows."""
        return [_fit(_clear_seeds(unfitted), labelled, rng) for _ in range(self.size)]


@dataclass(frozen=True)
class Bags(Committee):
    """The same model, fitted on ``size`` stratified bootstrap samples of the labelled rows.

    Rows are drawn with replacement within each class, so a bag never loses a class. A plain
    bootstrap misses the only positive once in *e* draws.

    Parameters
    ----------
    size : int
        Members.

    References
    ----------
    Abe & Mamitsuka (1998), Query learning strategies using boosting and bagging, ICML.
    """

    size: int = 5

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[FittedClassifier]:
        """Fit ``size`` members, each on its own bag."""
        return [
            _fit(unfitted, labelled, rng, stratified_bag(labelled.y, rng)) for _ in range(self.size)
        ]


@dataclass(frozen=True)
class Variants(Committee):
    """The same model with other parameters, as in ``Variants([{"C": 0.1}, {"C": 10}])``.

    Parameters
    ----------
    params : list of dict
        The parameters of each member that differ from the model's.
    """

    params: tuple[tuple[tuple[str, Any], ...], ...]

    def __init__(self, params: Sequence[dict[str, Any]]) -> None:
        frozen = tuple(tuple(p.items()) if isinstance(p, dict) else p for p in params)
        object.__setattr__(self, "params", frozen)

    def __hash__(self) -> int:
        return hash(repr(self.params))  # a value may be a dict, as class weights are

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[FittedClassifier]:
        """Fit one member for each dictionary."""
        return [_fit(clone(unfitted).set_params(**dict(p)), labelled, rng) for p in self.params]


@dataclass(frozen=True)
class Estimators(Committee):
    """Different models, one for each member.

    Parameters
    ----------
    estimators : list of classifiers
        Unfitted; each is fitted on all labelled rows.
    """

    estimators: tuple[Any, ...]

    def __init__(self, estimators: Sequence[Any]) -> None:
        object.__setattr__(self, "estimators", tuple(estimators))

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[FittedClassifier]:
        """Fit each estimator on all labelled rows."""
        return [_fit(estimator, labelled, rng) for estimator in self.estimators]


@dataclass(frozen=True)
class Ensemble(Committee):
    """The members of the query model itself, which must be a fitted ensemble of classifiers.

    Forests, bagging, voting, AdaBoost and imbalanced-learn's balanced ensembles are. Nothing is
    fitted again.
    """

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[Any]:
        """Take the fitted members as they are."""
        found = ensemble_members(model)
        if not found:
            raise InputError(
                f"{type(model.estimator).__name__} is no ensemble of classifiers; give the "
                "committee as 'bags', 'seeds' or a list of estimators."
            )
        return found


class Behind:
    """A fitted member behind fitted transformers, which reads some features or (None) all."""

    def __init__(self, fitted: FittedClassifier, before: list[Any], features: Codes | None) -> None:
        self._fitted, self._before, self._features = fitted, before, features

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities of the declared classes, shape (n, k)."""
        for step in self._before:
            X = step.transform(X)
        if self._features is not None:
            X = (X.tocsc() if hasattr(X, "tocsc") else np.asarray(X))[:, self._features]
        elif hasattr(X, "columns") and not hasattr(self._fitted.estimator, "feature_names_in_"):
            X = np.asarray(X)  # as the ensemble did before it fitted this member
        return self._fitted.predict_proba(X)


def ensemble_members(model: FittedClassifier) -> list[Behind]:
    """List the members of a fitted ensemble, with the declared classes; none for other models."""
    before, estimator = inside(model.estimator)
    if not isinstance(estimator, BaseEnsemble | VotingClassifier | StackingClassifier):
        return []
    members = estimator.estimators_
    # Gradient boosting keeps an array of regressors.
    if isinstance(members, np.ndarray) or not all(is_classifier(member) for member in members):
        return []
    own = np.asarray(estimator.classes_)
    # These fit their members on codes 0 … k-1, the others on the labels themselves.
    coded = isinstance(estimator, BaseForest | BaseBagging | VotingClassifier | StackingClassifier)
    place = {label: code for code, label in enumerate(model.classes.tolist())}
    subsets = getattr(estimator, "estimators_features_", [None] * len(members))
    out = []
    for member, features in zip(members, subsets, strict=True):
        labels = own[np.asarray(member.classes_).astype(int)] if coded else member.classes_
        columns = np.array([place[label] for label in np.asarray(labels).tolist()])
        full = features is None or len(features) == getattr(estimator, "n_features_in_", -1)
        out.append(
            Behind(
                FittedClassifier(member, model.classes, columns),
                before,
                None if full and _in_order(features) else features,
            )
        )
    return out


def _in_order(features: Codes | None) -> bool:
    return features is None or bool((np.asarray(features) == np.arange(len(features))).all())


def stratified_bag(y: np.ndarray[Any, Any], rng: np.random.Generator) -> Rows:
    """Draw the places of a bootstrap sample within each class: every class keeps its size."""
    _, first = np.unique(y, return_index=True)
    # In the order in which classes appear, which does not depend on their names.
    groups = [np.flatnonzero(y == label) for label in y[np.sort(first)]]
    return np.concatenate([rng.choice(group, size=len(group)) for group in groups])


def _fit(
    estimator: Any, labelled: Labelled, rng: np.random.Generator, bag: Rows | None = None
) -> FittedClassifier:
    X, y = labelled.X, labelled.y
    if bag is not None:
        X, y = take(X, bag), y[bag]
    return fit_classifier(estimator, X, y, labelled.classes, _seed(rng), positive=labelled.positive)


def _clear_seeds(model: Any) -> Any:
    fresh = clone(model)
    names = [n for n in fresh.get_params(deep=True) if n.split("__")[-1] == "random_state"]
    return fresh.set_params(**dict.fromkeys(names)) if names else fresh


def default_committee(model: FittedClassifier) -> Committee:
    """Choose the committee of a model: its members if it is an ensemble, and bags if not."""
    # Boosting stops at one member where that fits the few labels; it has nobody to disagree with.
    return Ensemble() if len(ensemble_members(model)) > 1 else Bags()


def stack_probabilities(members: list[Any], X: Matrix) -> Floats:
    """Predict by each member, shape (members, rows, classes), each class in one piece."""
    return np.moveaxis(np.stack([member.predict_proba(X).T for member in members]), 1, 2)


def squash_stack(members: list[Any], log_odds: Any) -> Floats:
    """Make of members' log odds, shape (members, rows), what `stack_probabilities` gives."""
    each = [member.squash(z).T for member, z in zip(members, log_odds, strict=True)]
    return np.moveaxis(np.stack(each), 1, 2)
