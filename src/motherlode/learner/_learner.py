"""The learner: it asks for labels, takes them, fits models, and asks again."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier, is_regressor

from .._round.labels import ENOUGH_LABELS, Labels, declared_classes
from .._round.positive_class import PositiveClass, RarestClass, declared_positive_class
from .._round.selection import Control, Selection, TopK, as_control
from .._round.training_set import NONE_PRESUMED, PresumedNegatives, TrainingSet
from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..estimation._annotators import Annotator, judge_annotators
from ..models._adapt import as_classifier
from ..models._classifier import FittedClassifier
from ..models._default import default_model, without_class_weights
from ..pool import Pool
from ..pool._copies import NO_COPIES
from ..pool._pool import as_pool
from ..session import CONTROL, Origin, Session
from ..strategies._adaptive import Auto
from ..strategies._base.strategy import Strategy
from ..strategies._registry import as_strategy
from ._batch import BatchMaker
from ._candidates import AllRows, BySize, Candidates
from ._final_model import FinalModel, make_final_model, presume_for_final_model
from ._query import Query

COPIES = ("once", "each")

_JUDGE = 7  # the purpose of random numbers: to judge annotators
_RARE = 0.2  # of the pool: the largest share of positives for which rows are presumed negative


class ActiveLearner:
    """Find the rows of a pool that are worth labelling, and learn from their labels.

    Parameters
    ----------
    pool : Pool, or anything that a Pool is made of
        All rows.
    classes : list of str, int or bool
        All classes, also those that nobody has seen yet; columns of probabilities follow them.
    model : scikit-learn classifier, or Keras or PyTorch network, optional
        The final model. By default a logistic regression for sparse features, as of texts, and
        elsewhere four models, each weighted by how well it predicts held-out labels.
    strategy : Strategy or str
        Which rows are worth asking: a strategy, or its name. "auto" is the default.
    query_model : scikit-learn classifier, optional
        The model that the strategy reads. By default `model` without its class weights, since
        weights move the boundary that uncertainty is measured from.
    candidates : Candidates, optional
        Which rows may be asked in a round. By default `motherlode.learner.BySize` for the strategy
        "auto", which takes some thousands from a pool of more than 200,000 rows, and
        `motherlode.learner.AllRows` for any other strategy.
    selection : Selection, optional
        How utilities become a batch; by default the highest, ties broken at random.
    minority : label or list of labels, optional
        The positive class or classes. Name them if you can: by default it is the class that seems
        rare in the pool, see `positive_class`. If rows of one class alone are taught before
        anything is asked, that class is taken for it.
    refit_every : int
        Refit after at least so many new labels. With ``query(1)`` and ``refit_every=10`` the
        strategy sees each label of a batch of ten while the model stays.
    goal : {"both", "find", "learn"}
        What the labels are for: to find positives, to learn a model, or both. The strategy "auto"
        goes by it.
    control : float or Control
        The share of each batch that is drawn at random from everything unlabelled; see
        `motherlode.learner.Control`. Without any, most strategies allow no valid estimate.
    copies : {"once", "each"}
        Whether rows with equal features are asked once. With "once", copies of a row that is
        labelled or skipped come last, fits never presume them negative, and nearly identical rows
        are not asked in one batch. With "each", every row is asked for itself.
    seed : int
        Seed of all random numbers. The same seed and the same labels give the same queries.

    Raises
    ------
    InputError
        With one sentence that says what was wrong, where, and what to do.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, digit = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(Pool(X), classes=["other", "eight"], minority="eight", seed=0)
    >>> learner.teach([8, 0], ["eight", "other"])
    >>> query = learner.query(5)
    >>> query.rows.dtype, len(query)
    (dtype('int64'), 5)
    >>> learner.teach(query.rows, ["eight" if digit[row] == 8 else "other" for row in query.rows])
    >>> learner.labelled[0][:2].tolist()
    [8, 0]
    """

    def __init__(
        self,
        pool: Any,
        classes: Iterable[Any],
        model: Any = None,
        strategy: Any = "auto",
        *,
        query_model: Any = None,
        candidates: Candidates | None = None,
        selection: Selection | None = None,
        minority: Any = None,
        refit_every: int = 1,
        goal: str = "both",
        control: float | Control = 0.0,
        copies: str = "once",
        seed: int = 0,
    ) -> None:
        self.pool: Pool = as_pool(pool)
        self.classes = declared_classes(classes)
        self.model = default_model(self.pool) if model is None else _as_model(model, "model")
        self.query_model = (
            without_class_weights(self.model)
            if query_model is None
            else _as_model(query_model, "query_model")
        )
        self.strategy: Strategy = as_strategy(strategy, goal)
        by_size: Candidates = BySize() if isinstance(self.strategy, Auto) else AllRows()
        self.candidates: Candidates = (
            by_size if candidates is None else _check_method("rows", candidates, "candidates")
        )
        self.selection: Selection = (
            TopK() if selection is None else _check_method("choose", selection, "selection")
        )
        self.minority = minority
        self.refit_every = _check_whole(refit_every, "refit_every", 1)
        self.goal = goal
        self.control = as_control(control)
        self.copies = _check_copies(copies)
        self.seed = _check_whole(seed, "seed", 0)
        self._labels = Labels(self.classes, len(self.pool))
        self._skipped: dict[int, None] = {}
        self._asked: dict[int, Origin] = {}  # how rows came to be asked
        self._events = 0
        self._fitted: FittedClassifier | None = None
        self._fitted_at = 0
        self._named = None if minority is None else declared_positive_class(self.classes, minority)
        self._rarest = RarestClass(self.pool, self.classes)
        # Each with the number of events that it was computed after.
        self._positive_class: tuple[int, PositiveClass] | None = None
        self._training: tuple[int, TrainingSet] | None = None

    def __repr__(self) -> str:
        counts = zip(self.classes.tolist(), self._labels.counts().tolist(), strict=True)
        labelled = ", ".join(f"{label} {count:,}" for label, count in counts)
        positive_class = self.positive_class
        said = f"{len(self.pool):,} rows; labelled: {labelled}; positive class: {positive_class}."
        return f"<ActiveLearner of {said} {positive_class.request()}".rstrip() + ">"

    @property
    def positive_class(self) -> PositiveClass:
        """The positive class or classes: those named, or the class that seems rare in the pool.

        While that is in doubt, its ``request()`` asks for a name.
        """
        if self._named is not None:
            return self._named
        if self._positive_class is None or self._positive_class[0] != self._events:
            labels = self._labels
            found = self._rarest.of(labels.rows, labels.codes, labels.origins)
            self._positive_class = self._events, found
        return self._positive_class[1]

    @property
    def training_set(self) -> TrainingSet:
        """What models are fitted on: the labels so far, and the rows whose answer is open."""
        if self._training is None or self._training[0] != self._events:
            known = TrainingSet(
                self.pool,
                self.classes,
                self._labels.rows,
                self._labels.codes,
                self.positive_class.codes,
                (self.seed, self._events),
                np.array(list(self._skipped), dtype=np.int64),
                self.pool.copies if self.copies == "once" else NO_COPIES,
                self._labels.weights,
            )
            self._training = self._events, known
        return self._training[1]

    @property
    def labelled(self) -> tuple[Rows, np.ndarray[Any, Any]]:
        """Row ids and labels, in the order taught."""
        return self._labels.rows, self.classes[self._labels.codes]

    @property
    def channels(self) -> list[str]:
        """How each labelled row was found, in the order taught."""
        return [origin.channel for origin in self._labels.origins]

    @property
    def unlabelled(self) -> Rows:
        """Ids of the rows that can still be asked, in increasing order."""
        return self.training_set.left.ids

    def origins_of(self, rows: ArrayLike) -> list[Origin]:
        """Tell what origins rows would get if they were taught now.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.
        """
        return [self._origin(row, None) for row in self._labels.row_ids(rows)]

    def session(
        self, *, predictions: Sequence[Floats] = (), seconds: float = 0.0, cost: float = 0.0
    ) -> Session:
        """Make the session of the labels so far, which stopping rules and estimates read.

        Parameters
        ----------
        predictions : sequence of ndarray
            Probabilities of the positive class on a fixed set of rows, one array for each round,
            for rules that watch a model, such as `motherlode.stopping.StabilisingPredictions`.
        seconds, cost : float
            Time and money spent so far, for `motherlode.stopping.Budget`.
        """
        training = self.training_set
        return Session(
            len(training.left) + len(training.rows),
            training.is_positive,
            self._labels.origins,
            predictions=predictions,
            seconds=seconds,
            cost=cost,
        )

    def teach(
        self,
        rows: ArrayLike,
        labels: ArrayLike,
        *,
        channel: str | None = None,
        origins: Sequence[Origin] | None = None,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        """Record labels of any rows, asked or not.

        A label that a row has already changes nothing. If anything is wrong with the call, none of
        it is recorded.

        Annotators who have names may label the same rows, and differ. A row's label is then the
        class that their labels are settled to, and fits weigh the row by the probability of that
        class (`motherlode.estimation.settle_opinions`; this needs the extra ``annotators``).

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids; a set if all get the same label.
        labels : array-like of shape (m,)
            From the declared classes, in an array, series, one-column frame or any other container.
            A row whose label is None or NaN is left as it is.
        channel : str, optional
            How the rows were found, as in "search"; what can be estimated from their labels depends
            on it. By default "query" or "control" for a row that was asked, and "given" for any
            other.
        origins : sequence of Origin, optional
            How each row came to be labelled, where a session is taken up again. By default what
            this learner knows.
        annotator : str or list of str of shape (m,), optional
            Who gave the labels, one name for all or one for each. A row may stand several times in
            a call, with labels of different annotators.

        Raises
        ------
        InputError
            For an id outside the pool, an unknown label, a row that has another label of the same
            annotator, or a second annotator of a row without the extra ``annotators``.
        """
        self._record(rows, labels, channel, origins, annotator=annotator)

    def correct(
        self,
        rows: ArrayLike,
        labels: ArrayLike,
        *,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        """Record labels in place of those that rows have.

        In nobody's name this settles rows that annotators with names have labelled: from then on
        their class is certain, and tells how those annotators err.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.
        labels : array-like of shape (m,)
            From the declared classes.
        annotator : str or list of str of shape (m,), optional
            Whose labels they replace, as for `teach`.

        Raises
        ------
        InputError
            For an id outside the pool or an unknown label.
        """
        self._record(rows, labels, None, None, correct=True, annotator=annotator)

    def annotators(self) -> list[Annotator]:
        """Estimate how each annotator errs, with intervals, in the order of their names.

        Returns
        -------
        list of motherlode.estimation.Annotator
            Its ``errors`` say for each class which share of its rows the annotator calls something
            else, or why that is not known: somebody else has to label some of the same rows.
        """
        rng = np.random.default_rng([self.seed, self._events, _JUDGE])
        return judge_annotators(self._labels.settlement, self.classes.tolist(), rng)

    def doubtful(self, n: int = 1, *, annotator: str | None = None) -> Query:
        """Find the labelled rows that somebody should see again, best first.

        A row's utility is the probability that its label is wrong, and wrong labels count for more
        the rarer the class: one wrong positive of ten misleads. So a positive that one annotator
        alone has seen comes before most others.

        Parameters
        ----------
        n : int
            How many rows at most; settled rows are not among them.
        annotator : str, optional
            Who is to see them: rows that they have labelled are left out.

        Returns
        -------
        Query
        """
        n = _check_whole(n, "n", 1)
        found = self._labels.settlement
        said: dict[int, dict[str, Any]] = {}
        for row, who, code in found.opinions:
            said.setdefault(row, {})[who or "nobody by name"] = self.classes[code].item()
        order = np.argsort(-found.gain, kind="stable")
        open_ = [i for i in order.tolist() if found.gain[i] > 0]
        seen = {row for row, who, _ in found.opinions if who == annotator}
        best = [i for i in open_ if int(found.rows[i]) not in seen][:n]
        reasons = [
            ", ".join(f"{who} said {label}" for who, label in said[int(found.rows[i])].items())
            + f"; {self.classes[found.codes[i]]} is wrong with probability "
            f"{1 - found.trust[i]:.2g}"
            for i in best
        ]
        return Query(found.rows[best], found.gain[best], reasons)

    def skip(self, rows: ArrayLike) -> None:
        """Leave rows unlabelled on purpose: never ask them again, and fit no model on them.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.

        Raises
        ------
        InputError
            For an id outside the pool or a row that is labelled. In a labelling project the last
            answer of an annotator counts, so there a skip replaces a label.
        """
        ids = self._labels.row_ids(rows)
        labelled = set(ids).intersection(self._labels.rows.tolist())
        if labelled:
            raise InputError(
                f"Row {min(labelled)} is labelled, so it can't be skipped, and nothing of this "
                "call was recorded; give it another label by correct(rows, labels)."
            )
        new = set(ids).difference(self._skipped)
        self._skipped.update(dict.fromkeys(sorted(new)))
        self._events += len(new)

    def query(self, n: int = 1) -> Query:
        """Ask for the ``n`` rows most worth labelling now.

        Until something is taught, corrected or skipped, the answer stays the same.

        Parameters
        ----------
        n : int
            How many rows to ask for.

        Returns
        -------
        Query
            The rows, and why each is asked.

        Raises
        ------
        InputError
            If fewer than ``n`` rows are left.
        """
        n = _check_whole(n, "n", 1)
        left = self.training_set.left
        if n > len(left):
            raise InputError(
                f"query({n}) asks for more rows than the {len(left)} that are left unlabelled; "
                + (f"ask for at most {len(left)}." if len(left) else "there is nothing to ask.")
            )
        twins = self.copies == "each"
        maker = BatchMaker(self.strategy, self.candidates, self.selection, self.control, twins)
        query, origins = maker.make(self._view(left, n), left, n)
        self._asked |= origins
        positive_class = self.positive_class
        if positive_class.named:
            return query
        return replace(
            query, reasons=[f"{said}; positive class: {positive_class}" for said in query.reasons]
        )

    def predict_proba(self, rows: ArrayLike) -> Floats:
        """Compute class probabilities of rows of the pool by the query model, shape (m, k).

        While fewer than two classes are labelled these are Laplace's estimate from the counts, the
        same for every row.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.
        """
        ids = np.array(self._labels.row_ids(rows), dtype=np.int64)
        return self._view(ids, max(len(ids), 1)).probabilities

    @property
    def trainable(self) -> bool:
        """Whether `final_model` can be fitted.

        It needs labels of two classes. With two declared classes, labels of the one that is named
        as minority are enough.
        """
        return self.training_set.suffices(self._presume())

    def final_model(self, *, presume: bool = True, threshold: Any = None) -> Any:
        """Fit the final model: `model`, class weights and all, on the labels so far.

        Parameters
        ----------
        presume : bool
            Whether, with two classes, random unlabelled rows may be presumed negative, beside the
            labelled ones or instead of them. Then labels of the positive class alone are enough, if
            it is named as `minority` or twenty labels tell which one it is. Labels of a random
            sample show the negatives themselves, so with these no row is presumed. If rows were
            presumed, and `model` has no class weights, its probabilities are moved to the share of
            positives in the pool.
        threshold : str or target, optional
            What the model's decisions are for: "f1", "g_mean", "balanced_accuracy", or
            `RecallAtPrecision` or `Cost` from `motherlode.models`. The threshold is chosen on rows
            held out of the fit, at the prevalence of the pool. By default the likelier class is
            predicted.

        Returns
        -------
        fitted classifier
            It takes new data in the form that the pool was given in: texts for a pool of texts, a
            frame for a frame.

        Raises
        ------
        InputError
            While the model is not `trainable`, or if there is a threshold and fewer than two rows
            of a class are labelled.
        """
        return self.fit_final_model(presume=presume, threshold=threshold).model

    def fit_final_model(self, *, presume: bool = True, threshold: Any = None) -> FinalModel:
        """Fit `final_model`; return the fitted ``model`` and the ``presumed`` rows.

        Parameters
        ----------
        presume, threshold
            As for `final_model`.
        """
        presumed = self._presume() if presume else NONE_PRESUMED
        if not self.training_set.suffices(presumed):
            raise InputError(
                f"A model needs labels of two classes, and {self._labels_so_far()}; teach some of "
                "another class first. Where there are but two classes, labels of the one that is "
                "named as minority are enough."
            )
        return make_final_model(
            self.training_set, self.model, presumed, threshold, self._fit_on_labels
        )

    def _fit_on_labels(self) -> FittedClassifier:
        # Without class weights the query model is the final model, and may be fitted already.
        asks = self.query_model is self.model and self._fitted_at == self._events
        known = self._fitted if asks else None
        return self.training_set.fit(self.model) if known is None else known

    def _labels_so_far(self) -> str:
        m = len(self._labels)
        if not m:
            return "nothing is labelled yet"
        only = self.classes[self._labels.codes[0]]
        return f"all {m} labels are {only}" if m > 1 else f"the one label is {only}"

    def _presume(self) -> PresumedNegatives:
        # If the positive class is not named, the first labels may be of the common one.
        few = len(self._labels) < ENOUGH_LABELS or not self.training_set.suffices()
        positive_class = self.positive_class
        rare = positive_class.named or (
            not few and positive_class.share is not None and positive_class.share <= _RARE
        )
        return presume_for_final_model(self.training_set, self.model) if rare else NONE_PRESUMED

    def _record(
        self,
        rows: ArrayLike,
        labels: ArrayLike,
        channel: str | None,
        origins: Sequence[Origin] | None,
        correct: bool = False,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        ids = self._labels.row_ids(rows)
        if origins is not None and len(origins) != len(ids):
            raise InputError(
                f"There are {len(ids)} rows and {len(origins)} origins; give one each."
            )
        known = dict(zip(ids, origins or [self._origin(row, channel) for row in ids], strict=True))
        again = rows if isinstance(rows, Set) else ids  # a generator is read once
        self._events += self._labels.add(
            again, labels, correct=correct, origins=known, annotator=annotator
        )

    def _origin(self, row: int, channel: str | None) -> Origin:
        """Find the origin of a row that is taught now, perhaps under a named channel."""
        known = self._asked.get(row)
        if known is not None and channel in (None, known.channel):
            return known
        return Origin(channel or "given", asked_after=len(self._labels))

    def _view(self, rows: "Rows | Unlabelled", batch: int) -> View:
        training = self.training_set
        origins = zip(training.rows.tolist(), self._labels.origins, strict=True)
        return View(
            training,
            rows,
            unfitted=self.query_model,
            model=self._query_model,
            batch=batch,
            asked_by={row: o.arm for row, o in origins if o.arm and o.channel == "query"},
            turn=len(training.rows) - self.channels.count(CONTROL),
        )

    def _query_model(self) -> FittedClassifier | None:
        if not self.training_set.suffices():
            self._fitted = None
        elif self._fitted is None or self._events - self._fitted_at >= self.refit_every:
            self._fitted = self.training_set.fit(self.query_model, earlier=self._fitted)
            self._fitted_at = self._events
        return self._fitted


def _as_model(model: Any, name: str) -> Any:
    model = as_classifier(model)
    if isinstance(model, type):
        raise InputError(f"{name} is the class {model.__name__}; call it: {model.__name__}().")
    if not (hasattr(model, "fit") and hasattr(model, "get_params")):
        raise InputError(
            f"{name} is {model!r}; give a scikit-learn classifier, which has fit and get_params, "
            "or a network of Keras or PyTorch."
        )
    if is_regressor(model):
        raise InputError(f"{name} is the regressor {type(model).__name__}; give a classifier.")
    if not (is_classifier(model) or hasattr(model, "predict_proba")):
        raise InputError(f"{name} is {type(model).__name__}, which predicts no class.")
    return clone(model)


def _check_method(method: str, rule: Any, name: str) -> Any:
    if isinstance(rule, type) or not callable(getattr(rule, method, None)):
        raise InputError(f"{name} is {rule!r}; give an object that has a method {method}().")
    return rule


def _check_copies(rule: Any) -> str:
    if rule not in COPIES:
        raise InputError(f"copies is {rule!r}; it is one of {', '.join(map(repr, COPIES))}.")
    return str(rule)


def _check_whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; give a whole number of at least {least}.")
    return int(value)
