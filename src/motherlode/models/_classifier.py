"""A classifier fitted on labelled rows, its probability columns aligned to declared classes.

The first labels miss the rare class, and a model fitted on them has too few columns. Here every
model has one column for each declared class.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import reduce
from typing import Any

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import clone

from .._rows.arrays import Codes, Floats, Matrix
from .._rows.matrix import n_rows
from .._rows.single import fits_single
from .._rows.threads import one_thread
from ..errors import InputError, first_line
from . import _linear as linear
from ._adapt import adapt, as_classifier, declare_classes
from ._scoring import check_scores, score_positive
from ._translated import Translated, translate, untranslated
from ._weights import fit_told

_FEW_CELLS = 2**18
_LONGEST = 200  # characters of another library's error
# Errors that are no ValueError by which libraries refuse rows or settings: CatBoost's, LightGBM's,
# and numpy's where columns of a frame fit no one type.
_REFUSALS = ("CatBoostError", "LightGBMError", "DTypePromotionError")


class Unfit(InputError):
    """A model cannot be fitted on the labels so far."""


class FittedClassifier:
    """A fitted scikit-learn classifier whose probabilities are of the declared classes.

    Parameters
    ----------
    estimator : object
        Fitted. Of ``predict_proba``, ``decision_function`` and ``predict`` the first that it has
        is used.
    classes : ndarray of shape (k,)
        The declared classes, one column each.
    columns : ndarray of int, optional
        The place of each of the estimator's own columns; by default that of its ``classes_``.
    n_labels : int
        How many labelled rows it was fitted on.
    scale : float
        What a ``decision_function`` is divided by before it is squashed.

    Notes
    -----
    A ``decision_function`` is squashed: a sigmoid for two classes, a softmax for more. That keeps
    its order, so two-class uncertainty is the distance to the boundary. Decisions in the thousands,
    as of a perceptron on features of any scale, are divided first, or all rows would be equally
    sure. The numbers are not calibrated; wrap the model in ``CalibratedClassifierCV`` where their
    size matters. A model with only ``predict`` gives zeros and ones.
    """

    def __init__(
        self,
        estimator: Any,
        classes: np.ndarray[Any, Any],
        columns: Codes | None = None,
        n_labels: int = 0,
        scale: float = 1.0,
    ) -> None:
        self.estimator, self.n_labels, self.scale = estimator, n_labels, scale
        self.classes = classes
        self.stands_in: Any = None  # the unfitted model, where it is not the one asked for
        self._columns = _positions(estimator.classes_, classes) if columns is None else columns

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities of the declared classes.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n, k)
        """
        if not n_rows(X):
            return np.empty((0, len(self.classes)))
        log_odds = linear.log_odds(self.estimator, X)
        if log_odds is not None:
            return self.squash(log_odds)
        with self._explaining(X):
            own = self._probabilities(X)
        self._check_shape(own, n_rows(X))
        out = self.align(own)
        _check(out, self.estimator)
        if out.min() < 0.0 or out.max() > 1.0:
            return np.clip(out, 0.0, 1.0)  # a float32 softmax can exceed one by a rounding
        return out

    def align(self, own: Floats) -> Floats:
        """Put the estimator's own columns, shape (n, own classes), where the declared classes are.

        Parameters
        ----------
        own : ndarray of shape (n, own classes)
        """
        if np.array_equal(self._columns, np.arange(len(self.classes))):
            return own
        out = np.zeros((len(own), len(self.classes)))
        out[:, self._columns] = own
        return out

    @property
    def squashes(self) -> bool:
        """Whether probabilities of the two declared classes are `log_odds`, squashed."""
        return len(self.classes) == 2 and linear.gives_log_odds(self.estimator)

    def log_odds(self, X: Matrix) -> Any:
        """Compute log odds of the estimator's second class, at less cost than probabilities.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n,)
            NaN where they cannot be computed so; `predict_proba` then says why.
        """
        found = linear.log_odds(self.estimator, X)
        return np.full(n_rows(X), np.nan) if found is None else found

    def squash(self, log_odds: Any) -> Floats:
        """Turn log odds into the probabilities that `predict_proba` gives.

        Parameters
        ----------
        log_odds : ndarray of shape (n,)

        Returns
        -------
        ndarray of shape (n, k)
        """
        return self.align(linear.squash(log_odds))

    @property
    def weights(self) -> Floats:
        """The weights of the members of a weighted mean of models; a single 1 for any other."""
        if hasattr(self.estimator, "member_probabilities"):
            return np.asarray(self.estimator.weights_, dtype=np.float64)
        return np.ones(1)

    def opinions(self, X: Matrix) -> Floats:
        """Predict probabilities by each member of a weighted mean of models.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n, members, k)
            Of one member for any other model.
        """
        if not hasattr(self.estimator, "member_probabilities"):
            return self.predict_proba(X)[:, None]
        with self._explaining(X):
            own = self.estimator.member_probabilities(X)
        out = np.zeros((n_rows(X), len(own), len(self.classes)))
        out[:, :, self._columns] = np.moveaxis(own, 0, 1)
        return out

    @property
    def embeds(self) -> bool:
        """Whether the model is a network with embeddings."""
        return hasattr(inside(self.estimator)[1], "last_layer")

    def last_layer(self, X: Matrix) -> Floats:
        """Compute a network's own probabilities beside its embeddings.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n, classes + d)
        """
        before, network = inside(self.estimator)
        for step in before:
            X = step.transform(X)
        return np.hstack(network.last_layer(X))

    @contextmanager
    def _explaining(self, X: Matrix) -> Iterator[None]:
        """Say in a sentence that the model refuses rows."""
        try:
            yield
        except InputError:
            raise
        except ValueError as error:
            raise InputError(
                f"{_name(self.estimator)} could not predict {n_rows(X)} rows "
                f"({_first_words(error)}); {_cure(X, 'change its settings')}, or choose another "
                "model."
            ) from error

    def _check_shape(self, own: Floats, rows: int) -> None:
        if own.shape != (rows, len(self._columns)):
            raise InputError(
                f"{_name(self.estimator)} predicted an array of shape {own.shape} for "
                f"{rows:,} rows of {len(self._columns)} classes; it must give each row a "
                "probability of each class, in the order of its classes_."
            )

    def _probabilities(self, X: Matrix) -> Floats:
        model = self.estimator
        if hasattr(model, "predict_proba"):
            return np.asarray(model.predict_proba(X), dtype=np.float64)
        if hasattr(model, "decision_function"):
            decided = linear.decisions(model, X)
            decided = model.decision_function(X) if decided is None else decided
            decision = np.asarray(decided, dtype=np.float64) / self.scale
            if decision.ndim == 1:
                return np.stack([expit(-decision), expit(decision)], axis=1)
            return np.asarray(softmax(decision, axis=1))
        said = np.asarray(model.predict(X)).reshape(-1, 1) == model.classes_
        if not said.any(axis=1).all():
            raise InputError(
                f"{_name(model)}.predict gave what is none of its classes; it must give "
                "labels as its fit gets them."
            )
        return said.astype(np.float64)


def inside(estimator: Any) -> tuple[list[Any], Any]:
    """Take the model out of pipelines and searches, and the transformers before it."""
    before: list[Any] = []
    while not isinstance(estimator, Translated) and (
        hasattr(estimator, "best_estimator_") or hasattr(estimator, "steps")
    ):
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            before += [s for _, s in estimator.steps[:-1] if hasattr(s, "transform")]
            estimator = estimator.steps[-1][1]
    return before, estimator


def fit_classifier(
    model: Any,
    X: Matrix,
    y: np.ndarray[Any, Any],
    classes: np.ndarray[Any, Any],
    seed: int,
    sample_weight: Floats | None = None,
    earlier: FittedClassifier | None = None,
    positive: Sequence[Any] = (),
    presumed: Codes | None = None,
) -> FittedClassifier:
    """Fit a clone of ``model`` on labelled rows of at least two classes.

    Settings that need more rows of a class than there are (folds of a grid search, SMOTE's
    neighbours) are reduced. Classifiers of other libraries get labels and rows in a form that they
    take, and rows held out if they stop early.

    Parameters
    ----------
    model : scikit-learn classifier, or network of Keras or PyTorch
        Never changed; a ``random_state`` of None anywhere inside it becomes ``seed``.
    X : matrix of m rows
        Features, or what else the model reads.
    y : ndarray of shape (m,)
        Labels, from ``classes``.
    classes : ndarray of shape (k,)
        The declared classes.
    seed : int
        For all randomness of the fit.
    sample_weight : ndarray of shape (m,), optional
        How much each row counts, for a model that takes weights.
    earlier : FittedClassifier, optional
        An earlier fit of the same model; a network with ``weights="warm"`` starts from its weights.
    positive : sequence of labels
        The class or classes that scores of one class, as "f1" in a search, are of; by default the
        rarest that has labels.
    presumed : ndarray of bool of shape (m,), optional
        Which labels are presumed, for a model whose ``fit`` takes that: rows that nobody labelled.

    Returns
    -------
    FittedClassifier

    Raises
    ------
    InputError
        If the model cannot be fitted on these rows, refuses the weights that its ``fit`` names, or
        a search could score none of its settings.
    """
    labels, counts = np.unique(y, return_counts=True)
    estimator = fill_seeds(adapt(clone(as_classifier(model)), counts), seed)
    named = [label for label in labels.tolist() if label in positive]
    score_positive(estimator, labels.tolist(), named or [labels[counts.argmin()].item()])
    estimator = translate(estimator, X)
    _warm_up(declare_classes(estimator, classes, y), earlier)
    try:
        with one_thread() if _brief(estimator, X) else nullcontext():
            fit_told(estimator, X, y, sample_weight, presumed)
    except InputError:
        raise
    except Exception as error:
        if sample_weight is not None and _fits_unweighted(estimator, X, y, presumed):
            raise InputError(
                f"{_name_fault(model, error)} has sample_weight in its fit, but refused weights of "
                f"{len(y)} rows ({_first_words(error)}); take sample_weight out of its fit, so "
                "that all rows count alike, or choose another model."
            ) from error
        on = f"{len(y)} labelled rows of {len(counts)} classes, the rarest with {counts.min()}"
        if isinstance(error, ValueError) or type(error).__name__ in _REFUSALS:
            raise Unfit(
                f"{_name_fault(model, error)} could not be fitted on {on} ({_first_words(error)}); "
                f"{_cure(X, 'teach more rows of the rarest class')}, or choose another model."
            ) from error
        error.add_note(f"While fitting {type(model).__name__} on {on}.")
        raise
    check_scores(estimator)
    estimator = untranslated(estimator)
    return FittedClassifier(estimator, classes, n_labels=len(y), scale=_scale(estimator, X))


def _fits_unweighted(
    estimator: Any, X: Matrix, y: np.ndarray[Any, Any], presumed: Codes | None
) -> bool:
    """Tell whether a model that failed with weights can be fitted without them."""
    # What an error says does not tell: libraries have their own words, and kinds of errors.
    try:
        fit_told(estimator, X, y, None, presumed)
    except Exception:
        return False
    return True


def _name_fault(model: Any, error: Exception) -> str:
    """Name the model, and the part of it whose fit failed."""
    whole, part, trace = type(model).__name__, "", error.__traceback__
    while trace is not None:
        own = trace.tb_frame.f_locals.get("self")
        if hasattr(own, "get_params") and trace.tb_frame.f_code.co_name.startswith(("fit", "_fit")):
            part = type(own).__name__
        trace = trace.tb_next
    return whole if part in ("", whole) else f"{part} in {whole}"


def _name(estimator: Any) -> str:
    """Name a fitted classifier as its user does."""
    own = estimator.estimator_ if isinstance(estimator, Translated) else estimator
    return type(own).__name__


def _cure(X: Matrix, usual: str) -> str:
    return usual if fits_single(X) else "fill or scale values that are missing or huge"


def _first_words(error: Exception) -> str:
    """Give the first line of what an error says; of a long one its two ends."""
    line = first_line(error).rstrip(" .:")
    # The end of a long one says what was given: "must be one of ... Got 'pr_auc' instead".
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"


def _brief(estimator: Any, X: Matrix) -> bool:
    """Tell whether steps of a fit are so short that threads would mostly wait for each other."""
    if hasattr(inside(estimator)[1], "last_layer"):
        return False  # a network's steps may take any time
    cells = getattr(X, "size", None)  # of a sparse matrix those that are stored
    return (cells if isinstance(cells, int) else n_rows(X)) <= _FEW_CELLS


def _warm_up(estimator: Any, earlier: FittedClassifier | None) -> None:
    """Let a network, alone or last in a pipeline, start where an earlier fit ended."""
    if earlier is None:
        return
    network, before = (inside(model)[1] for model in (estimator, earlier.estimator))
    if hasattr(network, "start_from") and isinstance(before, type(network)):
        network.start_from(before)


def _scale(estimator: Any, X: Matrix) -> float:
    """Choose a divisor of decisions so that those of labelled rows are at most 10."""
    if hasattr(estimator, "predict_proba") or not hasattr(estimator, "decision_function"):
        return 1.0
    return max(1.0, float(np.abs(estimator.decision_function(X)).max()) / 10.0)


def fill_seeds(estimator: Any, seed: int) -> Any:
    """Set every ``random_state`` that is None inside ``estimator``."""
    unset = [
        name
        for name, value in estimator.get_params(deep=True).items()
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    ]
    return estimator.set_params(**dict.fromkeys(unset, seed)) if unset else estimator


def _positions(own: Any, classes: np.ndarray[Any, Any]) -> Codes:
    place = {label: code for code, label in enumerate(classes.tolist())}
    try:
        return np.array([place[label] for label in np.asarray(own).tolist()], dtype=np.int64)
    except KeyError as error:
        raise InputError(
            f"The model was fitted on class {error.args[0]!r}, which is not among the declared "
            f"classes {classes.tolist()}."
        ) from None


def _check(P: Floats, estimator: Any) -> None:
    # Column by column: numpy's sum along rows of two is ten times slower. NaN fails as well.
    sums = reduce(np.add, P.T)
    if sums.min() >= 0.999 and sums.max() <= 1.001:
        return
    if not np.isfinite(P).all():
        row = int(np.flatnonzero(~np.isfinite(P).all(axis=1))[0])
        raise InputError(
            f"{_name(estimator)} gave a probability that is not a number (first in row "
            f"{row} of those asked for); check its input for extreme values."
        )
    raise InputError(
        f"{_name(estimator)}.predict_proba gave rows that add up to "
        f"{sums[np.abs(sums - 1.0).argmax()]:.3g} and not to 1; it must give probabilities."
    )
