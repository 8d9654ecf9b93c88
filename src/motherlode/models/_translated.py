"""Classifiers that take labels or rows in one form only, behind the form that others take.

XGBoost takes classes 0 … k-1 only, self-training numbers only, of which -1 is no label, networks
for tables dense float32 only, Gaussian naive Bayes no sparse rows, and LightGBM no column names
with JSON in them. Boosting with early stopping wants rows that it does not train on. Each is handed
what it takes, wherever it stands: alone, last in a pipeline, in a search, in an ensemble.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from inspect import signature
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import has_fit_parameter

from .._rows.arrays import Codes, Floats, Matrix
from .._rows.blocks import between
from .._rows.matrix import is_frame, n_rows, take
from ..errors import InputError
from ._methods import estimator_has
from ._neural.rows import held_out

_HOUSE = {"sklearn", "imblearn", "motherlode"}  # these take any labels, and most any rows
_CODES_ONLY = {"xgboost"}
_SEMI_SUPERVISED = "sklearn.semi_supervised"  # its models take the label -1 for none
_MOST_CELLS = 50_000_000  # of labelled rows that are filled up: 400 MB
_AT_A_TIME = 4_000_000  # cells of rows to predict
_AS_TUPLES = {
    "cat_features", "text_features", "embedding_features", "ignored_features", "class_names",
    "class_weights",
}  # fmt: skip
_SHARE = 0.2  # of the labelled rows, held out for early stopping
_STOPS = (
    "early_stopping_rounds", "early_stopping_round", "early_stopping", "n_iter_no_change",
    "od_type", "od_wait",
)  # fmt: skip


class _Form(NamedTuple):
    """How labels and rows are handed over."""

    coded: bool
    rows: str  # "given", "dense" or "float32"


class Translated(ClassifierMixin, BaseEstimator):
    """A classifier that is handed labels and rows in a form that it takes.

    Its settings are those of the classifier, under the same names, so a search does not notice.

    Parameters
    ----------
    estimator : classifier

    Attributes
    ----------
    estimator_ : fitted classifier
    classes_ : ndarray
        As the labels name them.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Matrix, y: ArrayLike) -> "Translated":
        """Fit on rows and labels as they are, or in the first other form that is taken."""
        return self._fit(X, y)

    @available_if(estimator_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities of ``classes_``."""
        return self._apply(self.estimator_.predict_proba, X)

    @available_if(estimator_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Matrix) -> Floats:
        """Decide as the classifier does."""
        return self._apply(self.estimator_.decision_function, X)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class."""
        found = self._apply(self.estimator_.predict, X).reshape(-1)  # CatBoost's is a column
        return self.classes_[found.astype(np.int64)] if self._form.coded else found

    @property
    def changes_nothing(self) -> bool:
        """Whether the fitted classifier took all as it was, and answers as others do."""
        plain = self._form == (False, "given") and len(self.classes_) == 2
        return plain and isinstance(getattr(self.estimator_, "classes_", None), np.ndarray)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the settings of the classifier."""
        found: dict[str, Any] = self.estimator.get_params(deep)
        return found

    def set_params(self, **params: Any) -> "Translated":
        """Set settings of the classifier."""
        self.estimator.set_params(**params)
        return self

    def __getattr__(self, name: str) -> Any:
        methods = ("fit", "predict", "decision_function", "transform", "_")
        known = self.__dict__.get("estimator_", self.__dict__.get("estimator"))
        if known is None or name.startswith(methods):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(known, name)

    def __sklearn_clone__(self) -> "Translated":
        return type(self)(clone(self.estimator))

    def __sklearn_is_fitted__(self) -> bool:
        return "estimator_" in self.__dict__

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = tags.input_tags.allow_nan = True
        return tags

    def __repr__(self, *_: Any) -> str:
        return repr(self.estimator)

    def _fit(self, X: Matrix, y: ArrayLike, **of_rows: ArrayLike | None) -> "Translated":
        told = {name: np.asarray(each) for name, each in of_rows.items() if each is not None}
        labels = np.asarray(y)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        refused: Exception | None = None
        for form in _forms(self.estimator, X, self.classes_):
            try:
                rows = _as_form(X, form, self.estimator)
                y_or_codes = codes if form.coded else labels
                self.estimator_ = _fit_held_out(
                    clone(self.estimator), rows, y_or_codes, codes, told
                )
            except InputError:
                raise
            except Exception as error:
                refused = refused or error
            else:
                self._form = form
                return self
        assert refused is not None
        raise refused

    def _apply(self, method: Callable[[Any], Any], X: Matrix) -> Any:
        if self._form.rows == "given":
            return np.asarray(method(X))
        step = max(1, _AT_A_TIME // max(1, X.shape[1]))
        return np.concatenate(
            [
                np.asarray(method(_dense(between(X, low, low + step), self._form.rows)))
                for low in range(0, n_rows(X), step)
            ]
        )


# What a classifier takes of each row is looked for in the signature of its ``fit``.


class _Weighing(Translated):
    """One whose classifier takes weights of rows."""

    def fit(self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None) -> "Translated":
        """Fit on rows, labels and weights as they are, or in the first other form taken."""
        return self._fit(X, y, sample_weight=sample_weight)


class _Presuming(Translated):
    """One whose classifier takes which labels are presumed."""

    def fit(self, X: Matrix, y: ArrayLike, presumed: ArrayLike | None = None) -> "Translated":
        """Fit on rows and labels, and tell which labels nobody gave."""
        return self._fit(X, y, presumed=presumed)


class _WeighingPresuming(Translated):
    """One whose classifier takes both."""

    def fit(
        self,
        X: Matrix,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        presumed: ArrayLike | None = None,
    ) -> "Translated":
        """Fit on rows, labels and weights, and tell which labels nobody gave."""
        return self._fit(X, y, sample_weight=sample_weight, presumed=presumed)


_KINDS = {
    (False, False): Translated,
    (True, False): _Weighing,
    (False, True): _Presuming,
    (True, True): _WeighingPresuming,
}


def translate(model: Any, X: Matrix) -> Any:
    """Put every classifier inside ``model`` that may need it behind a `Translated`, in place.

    These are those of other libraries, and where rows may be sparse those that take only dense.
    """
    sparse = not isinstance(X, np.ndarray) and not is_frame(X)
    return _translate(model, sparse)


def untranslated(fitted: Any) -> Any:
    """Take a fitted classifier out again if nothing had to be changed for it."""
    plain = isinstance(fitted, Translated) and fitted.changes_nothing
    return fitted.estimator_ if plain else fitted


def clonable(model: Any) -> Any:
    """Give a model that scikit-learn can clone: CatBoost copies lists, which `clone` refuses."""
    if not hasattr(model, "get_params") or isinstance(model, type):
        return model
    lists = {
        name: tuple(value)
        for name, value in model.get_params(deep=True).items()
        if name.split("__")[-1] in _AS_TUPLES and isinstance(value, list)
    }
    if not lists:
        return model
    return deepcopy(model).set_params(**lists)


def _translate(value: Any, sparse: bool) -> Any:
    if isinstance(value, Translated | FrozenEstimator | type | str | np.ndarray):
        return value
    if hasattr(value, "start_from"):  # a network of ours, which holds the user's own objects
        return value
    if isinstance(value, dict):
        return {key: _translate(part, sparse) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_translate(part, sparse) for part in value)
    if not hasattr(value, "get_params"):
        return value
    own = value.get_params(deep=False)
    changed = {}
    for name, part in own.items():
        if isinstance(part, list | tuple | dict) or hasattr(part, "get_params"):
            new = _translate(part, sparse)
            if not _same(new, part):
                changed[name] = new
    if changed:
        value.set_params(**changed)
    return _translated(value) if _may_need_it(value, sparse) else value


def _same(new: Any, old: Any) -> bool:
    """Tell whether nothing in a container was replaced."""
    if isinstance(old, dict):
        return all(_same(new[key], old[key]) for key in old)
    if type(old) in (list, tuple):
        return all(map(_same, new, old))
    return new is old


def _may_need_it(model: Any, sparse: bool) -> bool:
    if not (hasattr(model, "fit") and hasattr(model, "predict")):
        return False
    if not (is_classifier(model) or hasattr(model, "predict_proba")):
        return False
    if _library(model) not in _HOUSE or _is_semi_supervised(model):
        return True
    settings = model.get_params(deep=False)
    if not sparse or not {"estimator", "estimators", "steps"}.isdisjoint(settings):
        return False
    return not get_tags(model).input_tags.sparse


def _library(model: Any) -> str:
    return type(model).__module__.split(".")[0]


def _is_semi_supervised(model: Any) -> bool:
    return any(kind.__module__.startswith(_SEMI_SUPERVISED) for kind in type(model).__mro__)


def _translated(model: Any) -> Translated:
    takes = has_fit_parameter(model, "sample_weight"), has_fit_parameter(model, "presumed")
    return _KINDS[takes](model)


def _forms(model: Any, X: Matrix, classes: Any) -> Iterator[_Form]:
    """List the forms to try, the least changed first."""
    are_codes = classes.dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))
    foreign = _library(model) not in _HOUSE
    coded = [False, True] if foreign and not are_codes else [False]
    # LightGBM 4.7 takes the labels of rows held out for codes, whatever those of the others are.
    libraries = {kind.__module__.split(".")[0] for kind in type(model).__mro__}
    if _CODES_ONLY & libraries or _stops_early(model):
        coded = [not are_codes]
    elif _is_semi_supervised(model):
        coded = [classes.dtype.kind not in "iub" or -1 in classes]
    rows = ["given"]
    if issparse(X) or is_frame(X):
        rows.append("dense")
    if foreign and (len(rows) > 1 or (isinstance(X, np.ndarray) and X.dtype != np.float32)):
        rows.append("float32")
    return (_Form(c, r) for r in rows for c in coded)


def _as_form(X: Matrix, form: _Form, model: Any) -> Matrix:
    if form.rows == "given":
        return X
    if issparse(X) and np.prod(X.shape, dtype=float) > _MOST_CELLS:
        raise InputError(
            f"{type(model).__name__} takes dense rows only, and {X.shape[0]:,} labelled rows of "
            f"{X.shape[1]:,} sparse features are too large to fill; put TruncatedSVD() before it "
            "or choose a model for sparse rows."
        )
    return _dense(X, form.rows)


def _dense(X: Matrix, rows: str) -> Any:
    if issparse(X):
        X = X.toarray()
    elif is_frame(X):
        X = nw.from_native(X, eager_only=True).to_numpy()
    if rows == "float32":
        return np.ascontiguousarray(X, dtype=np.float32)
    return np.asarray(X, dtype=None if X.dtype.kind == "f" else np.float64)


def _fit_held_out(
    model: Any, X: Matrix, y: Any, codes: Codes, told: Mapping[str, np.ndarray[Any, Any]]
) -> Any:
    """Fit a model that is `told` more of each row; if it stops early, by a fifth of the rows.

    They are stratified by class. While a class has a single row none is held out, and the rows
    trained on are watched.
    """
    if not _stops_early(model):
        model.fit(X, y, **told)  # which may forget to return the model
        return model
    kept, out = held_out(codes, _SHARE, np.random.default_rng(_seed(model)))
    watched = out if len(out) else kept
    arguments: dict[str, Any] = {name: each[kept] for name, each in told.items()}
    rows, labels = take(X, watched), y[watched]
    if has_fit_parameter(model, "eval_X"):
        arguments |= {"eval_X": (rows,), "eval_y": (labels,)}
    else:
        arguments["eval_set"] = [(rows, labels)]
    for name in ("eval_sample_weight", "sample_weight_eval_set"):
        if has_fit_parameter(model, name) and "sample_weight" in told:
            arguments[name] = [told["sample_weight"][watched]]
    said = signature(model.fit).parameters.get("verbose")
    if said is not None and said.default is True:
        arguments["verbose"] = False  # XGBoost prints a line for each tree
    model.fit(take(X, kept), y[kept], **arguments)
    return model


def _stops_early(model: Any) -> bool:
    settings = model.get_params(deep=False)
    if not has_fit_parameter(model, "eval_set") or settings.get("eval_fraction"):
        return False
    watchers = settings.get("callbacks") or []
    return any(settings.get(name) for name in _STOPS) or any(
        type(watcher).__name__ == "EarlyStopping" for watcher in watchers
    )


def _seed(model: Any) -> int:
    seed = model.get_params(deep=False).get("random_state")
    return seed if isinstance(seed, int) else 0
