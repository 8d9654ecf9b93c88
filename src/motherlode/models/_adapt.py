"""Make a model that wants many rows of each class fit on the few that there are.

Grid searches, calibration, feature selection and some models cross-validate, early stopping holds
rows out, SMOTE looks for neighbours of rare rows, nearest-neighbour models count rows, principal
components are no more than rows, and a bag may hold no row of a class. Each raises an error when a
class is smaller than its setting. With three positives labelled that is the normal state, so the
setting is reduced to the rows there are. Every fit starts from the user's model, so the setting
grows again as more labels come.
"""

import sys
from collections.abc import Iterator
from inspect import signature
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.ensemble import (
    GradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.ensemble._bagging import BaseBagging
from sklearn.feature_selection import RFECV, SequentialFeatureSelector
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC
from sklearn.utils.metaestimators import available_if

from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.matrix import n_rows
from ._methods import estimator_has
from ._neural.outputs import NamedOutputs
from ._parts import BY_PAIRS, CODING
from ._translated import clonable, translate

# These cross-validate in their own fit, also where ``cv`` is None.
_FOLDING = (LogisticRegressionCV, RFECV, SequentialFeatureSelector)

# A bag with so many expected rows of a class has none of them once in 10^8 draws.
_SAFE_IN_A_BAG = 20


def as_classifier(model: Any) -> Any:
    """Make a classifier of a Keras, PyTorch or skorch network; return any other model as it is."""
    # A network's framework is loaded already, so none is loaded to find out.
    if _is_of(model, "keras", "Model"):
        from .keras import KerasClassifier

        return KerasClassifier(model)
    if _is_of(model, "torch.nn", "Module") or _is_of(model, "skorch", "NeuralNet"):
        from .torch import TorchClassifier

        return TorchClassifier(model)
    return clonable(model)


def _is_of(model: Any, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(model, kind)


def declare_classes(model: Any, classes: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> Any:
    """Set the declared classes in every network inside ``model`` that has none, in place.

    A network has an output for each class, in their order. The labels of a fit may hold some
    classes only, and an ensemble knows just these, most often by codes of its own.
    """
    _set_classes(model, classes, np.unique(labels).tolist())
    return model


def _set_classes(model: Any, known: Any, present: list[Any]) -> None:
    if isinstance(model, Pipeline):
        _set_classes(model.steps[-1][1], known, present)
    elif hasattr(model, "start_from"):
        if model.get_params(deep=False)["classes"] is None:
            model.set_params(classes=known)
    elif isinstance(model, MetaEstimatorMixin) and not isinstance(model, BY_PAIRS):
        if not isinstance(model, BaseSearchCV):
            known = _as_named_by(model, known, present)
        for part in _inner(model):
            _set_classes(part, known, present)


def _as_named_by(model: Any, known: Any, present: list[Any]) -> NamedOutputs:
    """Name the outputs as an ensemble does for its members: only classes with labels have one."""
    if isinstance(known, NamedOutputs):
        names = list(known)
    else:
        names = [label if label in present else None for label in known.tolist()]
    labelled = sorted(name for name in names if name is not None)
    own: dict[Any, Any] = {name: name for name in labelled}
    if isinstance(model, CODING):
        own = {name: code for code, name in enumerate(labelled)}
    return NamedOutputs(own.get(name) for name in names)


def _inner(model: Any) -> list[Any]:
    """List the estimators that a model is made of, without strings like "drop"."""
    settings = model.get_params(deep=False) if hasattr(model, "get_params") else {}
    found = [settings.get("estimator"), settings.get("final_estimator")]
    parts = settings.get("estimators")
    found += [part for _, part in parts] if isinstance(parts, list | tuple) else []
    return [part for part in found if hasattr(part, "get_params")]


def adapt(model: Any, counts: Codes) -> Any:
    """Adapt an unfitted model to classes of these sizes, those of the classes that have a row.

    The model may be changed, so give a clone. With a single row of some class, what is inside it
    is returned: the estimator of a search, a calibration or a tuned threshold, and the vote of a
    stack's estimators.
    """
    if isinstance(model, BaseSearchCV | CalibratedClassifierCV | TunedThresholdClassifierCV):
        return _adapt_search(model, counts)
    if isinstance(model, StackingClassifier):
        return _adapt_stack(model, counts)
    if isinstance(model, Pipeline):
        return _adapt_pipeline(model, counts)
    if isinstance(model, BaseBagging):
        return _adapt_bag(model, counts)
    if isinstance(model, VotingClassifier):
        return _adapt_parts(model, counts)
    settings = model.get_params(deep=False)
    if settings.get("cv") is not None or isinstance(model, _FOLDING):
        settings["cv"], counts = _own_folds(settings["cv"], counts)
        model.set_params(cv=settings["cv"])
    _reduce_sizes(model, settings, int(counts.sum()))
    if settings.get("decision_function_shape") == "ovo":
        # A column for each pair of classes says nothing of a class; predictions stay the same.
        return model.set_params(decision_function_shape="ovr")
    inner = settings.get("estimator")
    if hasattr(inner, "__sklearn_tags__") and is_classifier(inner):
        return model.set_params(estimator=adapt(inner, counts))
    return _without_hold_out(model, counts)


class AllRows:
    """One fold that fits on all rows and judges on them, where a class has a single row."""

    def split(self, X: Matrix, y: Any = None, groups: Any = None) -> Iterator[tuple[Rows, Rows]]:
        """Give all rows to fit on, and all to judge."""
        every = np.arange(n_rows(X))
        yield every, every

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Count the folds."""
        return 1


def _own_folds(cv: Any, counts: Codes) -> tuple[Any, Codes]:
    """Reduce the folds of a model that cross-validates inside its fit."""
    return _folds(cv, counts) if counts.min() >= 2 else (AllRows(), counts)


def _reduce_sizes(model: Any, settings: dict[str, Any], rows: int) -> None:
    """Reduce what may be no larger than the number of rows of a fit."""
    most = {"n_neighbors": rows if is_classifier(model) else max(rows - 1, 1), "n_quantiles": rows}
    if isinstance(model, PCA | IncrementalPCA):
        most["n_components"] = rows
    for name, limit in most.items():
        value = settings.get(name)
        if isinstance(value, int) and value > limit:
            model.set_params(**{name: limit})


class BagMember(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A member of a bagging ensemble, adapted to the rows of its own bag.

    Where the bag holds only one class, it always predicts that class.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Matrix, y: ArrayLike) -> "BagMember":
        """Fit on the rows of one bag."""
        self.classes_, counts = np.unique(np.asarray(y), return_counts=True)
        self.estimator_ = None
        if len(self.classes_) > 1:
            self.estimator_ = translate(adapt(clone(self.estimator), counts), X).fit(X, y)
        return self

    @available_if(estimator_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities of the classes of the bag."""
        if self.estimator_ is None:
            return np.ones((X.shape[0], 1))
        return self.estimator_.predict_proba(X)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class of those in the bag."""
        if self.estimator_ is None:
            return np.full(X.shape[0], self.classes_[0])
        return self.estimator_.predict(X)


def _adapt_search(model: Any, counts: Codes) -> Any:
    estimator = LinearSVC() if model.estimator is None else model.estimator
    if counts.min() >= 2:
        model = _without_halving(model, counts)
        cv, seen = _folds(model.cv, counts)
        inner = adapt(clone(estimator), seen)
        # Where the part whose settings are searched was taken out, there is nothing to search.
        if _list_searched(model) <= set(inner.get_params()):
            return model.set_params(cv=cv, estimator=inner)
    return adapt(estimator, counts)


def _without_halving(model: Any, counts: Codes) -> Any:
    """Search on all rows at once, where the first rows of a halving search may miss a class."""
    settings = model.get_params(deep=False)
    if settings.get("resource") != "n_samples":
        return model
    first = settings["min_resources"]
    if isinstance(first, int) and counts.min() * first >= _SAFE_IN_A_BAG * counts.sum():
        return model
    kind = GridSearchCV if "param_grid" in settings else RandomizedSearchCV
    kept = {name: value for name, value in settings.items() if name in signature(kind).parameters}
    if isinstance(settings.get("n_candidates"), int):
        kept["n_iter"] = settings["n_candidates"]
    return kind(**kept)


def _folds(cv: Any, counts: Codes) -> tuple[Any, Codes]:
    """Reduce folds to the rows of the rarest class; return them, and the sizes in a fit."""
    rarest = int(counts.min())
    if cv is None or isinstance(cv, int | np.integer):
        cv = folds = min(5 if cv is None else int(cv), rarest)
    else:
        splits = getattr(cv, "n_splits", None) or getattr(cv, "cvargs", {}).get("n_splits", 2)
        folds = min(splits, rarest)
        cv = cv if folds == splits else folds
    return cv, counts - (counts + folds - 1) // folds


def _list_searched(model: Any) -> set[str]:
    """List the names of the settings that a search varies."""
    grids = getattr(model, "param_grid", getattr(model, "param_distributions", {}))
    return {name for grid in ([grids] if isinstance(grids, dict) else grids) for name in grid}


def _adapt_stack(model: Any, counts: Codes) -> Any:
    if counts.min() < 2:
        soft = all(hasattr(part, "predict_proba") for _, part in model.estimators)
        vote = VotingClassifier(model.estimators, voting="soft" if soft else "hard")
        return _adapt_parts(vote, counts)
    cv, seen = _folds(model.cv, counts)
    return _adapt_parts(model.set_params(cv=cv), seen)


def _adapt_parts(model: Any, counts: Codes) -> Any:
    return model.set_params(
        estimators=[
            (name, adapt(part, counts) if hasattr(part, "get_params") else part)
            for name, part in model.estimators
        ]
    )


def _adapt_pipeline(model: Any, counts: Codes) -> Any:
    steps = []
    for name, part in model.steps:
        if hasattr(part, "fit_resample"):
            part = _sampler(part, counts)
            if getattr(part, "_sampling_type", "") == "under-sampling":
                counts = np.full_like(counts, counts.min())
        elif hasattr(part, "get_params"):
            part = adapt(part, counts)
        steps.append((name, part))
    return model.set_params(steps=steps)


def _sampler(part: Any, counts: Codes) -> Any:
    """Reduce a sampler's neighbours to those there are; "passthrough" if they are too few."""
    if part.get_params(deep=False).get("smote", part) is None:
        from imblearn.over_sampling import SMOTE

        part.set_params(smote=SMOTE())
    among_class, among_all = int(counts.min()) - 1, int(counts.sum()) - 1
    for name, value in part.get_params(deep=True).items():
        kind = name.split("__")[-1]
        if kind not in ("k_neighbors", "n_neighbors", "m_neighbors") or not isinstance(value, int):
            continue
        # ADASYN weighs rows by their neighbours of other classes and raises if there are none.
        adasyn = kind == "n_neighbors" and getattr(part, "_sampling_type", "") == "over-sampling"
        if among_class < (value if adasyn else 1):
            return "passthrough"
        most = among_all if kind == "m_neighbors" else among_class
        part.set_params(**{name: min(value, most)})
    return part


def _adapt_bag(model: Any, counts: Codes) -> Any:
    settings, n, rarest = model.get_params(deep=False), int(counts.sum()), int(counts.min())
    size = settings.get("max_samples")
    size = n if size is None else max(1, int(size * n)) if isinstance(size, float) else size
    if rarest * size >= _SAFE_IN_A_BAG * n:
        return model
    if "sampler" in settings:
        # Its members differ by their sampler; a bootstrap before that may lose a class.
        sampler = settings["sampler"] and _sampler(settings["sampler"], counts)
        sampler, size = None if sampler == "passthrough" else sampler, n
        model.set_params(bootstrap=False, sampler=sampler)
    if settings.get("estimator") is not None:
        model.set_params(estimator=BagMember(settings["estimator"]))
    return model.set_params(max_samples=size) if "max_samples" in settings else model


def _without_hold_out(model: Any, counts: Codes) -> Any:
    """Turn early stopping off, where the rows held out could not hold every class."""
    share = getattr(model, "validation_fraction", None)
    if share is None or not is_classifier(model):
        return model
    held_out = ceil(share * counts.sum()) if share < 1 else share
    if counts.min() >= 2 and held_out >= len(counts):
        return model
    if isinstance(model, GradientBoostingClassifier):
        return model.set_params(n_iter_no_change=None)
    return model.set_params(early_stopping=False) if hasattr(model, "early_stopping") else model
