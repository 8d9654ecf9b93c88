"""The engine: ask, be taught, refit, ask again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier, is_regressor

from .._round.labels import ENOUGH_LABELS, Labels, declared_classes
from .._round.positive_class import PositiveClass, RarestClass, named
from .._round.selection import (
    TWINS_LOOK,
    Chosen,
    Control,
    Selection,
    TopK,
    as_control,
    without_twins,
)
from .._round.training_set import NOBODY, Learned, Presumed
from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..models._adapt import as_classifier
from ..models._classifier import FittedClassifier
from ..models._default import default_model, without_class_weights
from ..pool import Pool
from ..pool._copies import NO_COPIES, Copies
from ..pool._pool import as_pool
from ..session import CONTROL, Origin, Session
from ..strategies._adaptive import Auto
from ..strategies._base.strategy import Strategy, positions
from ..strategies._registry import as_strategy
from ._candidates import AllRows, BySize, Candidates, whole
from ._final_model import Final, Shipped
from ._in_memory import gathered
from ._query import Asked, Query, joined, mixed, whose_copies
from ._shortlist import shortlisted

COPIES = ("once", "each")

_RARE = 0.2  # of a class with a larger share of the pool, unlabelled rows are no negatives


class ActiveLearner:
    """Finds the rows of a pool that are worth labelling, and learns from their labels.

    Parameters
    ----------
    pool : Pool, or anything that a Pool is made of
    classes : list of str, int or bool
        All classes, also those that nobody has seen yet; columns of probabilities follow them.
    model : scikit-learn classifier, or Keras or PyTorch network, optional
        The model to ship. By default several, linear ones and forests, each with the weight that
        it earns; see `motherlode.models._default`.
    strategy : Strategy or str
        Which rows are worth asking: a strategy, or its name. "auto" is the default.
    query_model : scikit-learn classifier, optional
        The model that asks. By default `model` without its class weights, since re-weighting
        moves the boundary that uncertainty is measured from.
    candidates : Candidates, optional
        Which rows may be asked in a round. By default `motherlode.learner._candidates.BySize` for
        the strategy "auto": of a pool of more than 200,000 rows some thousands. Any other strategy
        looks at all rows, and so does "auto" with ``AllRows()``.
    selection : Selection, optional
        How utilities become a batch; by default the highest, ties broken at random.
    minority : label or list of labels, optional
        The positive class or classes. Name them if you can: by default it is the class that seems
        rare in the pool, which `positive_class` tells. Rows of one class alone that are taught
        before anything is asked are taken to be of it.
    refit_every : int
        Refit after at least that many new labels. With ``query(1)`` and ``refit_every=10`` the
        strategy sees each label of a batch of ten while the model stays.
    goal : {"both", "find", "learn"}
        What the labels are for; the strategy "auto" goes by it.
    control : float or Control
        The share of each batch that is drawn at random from everything unlabelled; see
        `motherlode._round.selection.Control`. Without any, most strategies allow no valid estimate.
    copies : {"once", "each"}
        Whether rows with equal features are asked once: copies of a row that is labelled or
        skipped then come last, fits never presume them negative, and nearly identical rows are
        not asked in one batch. "each" asks every row on its own account.
    seed : int
        The same seed and the same labels give the same questions.

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
        self.model = default_model(self.pool) if model is None else _classifier(model, "model")
        self.query_model = (
            without_class_weights(self.model)
            if query_model is None
            else _classifier(query_model, "query_model")
        )
        self.strategy: Strategy = as_strategy(strategy, goal)
        by_size: Candidates = BySize() if isinstance(self.strategy, Auto) else AllRows()
        self.candidates: Candidates = (
            by_size if candidates is None else _having("rows", candidates, "candidates")
        )
        self.selection: Selection = (
            TopK() if selection is None else _having("choose", selection, "selection")
        )
        self.minority = minority
        self.refit_every = _whole(refit_every, "refit_every", 1)
        self.goal = goal
        self.control = as_control(control)
        self.copies = _copies(copies)
        self.seed = _whole(seed, "seed", 0)
        self._labels = Labels(self.classes, len(self.pool))
        self._skipped: dict[int, None] = {}
        self._asked = Asked()
        self._events = 0
        self._fitted: FittedClassifier | None = None
        self._fitted_at = 0
        self._named = None if minority is None else named(self.classes, minority)
        self._rarest = RarestClass(self.pool, self.classes)
        self._positive_class: tuple[int, PositiveClass] | None = (
            None  # after so many events; a round asks often
        )

    def __repr__(self) -> str:
        counts = zip(self.classes.tolist(), self._labels.counts().tolist(), strict=True)
        labelled = ", ".join(f"{label} {count:,}" for label, count in counts)
        positive_class = self.positive_class
        said = f"ActiveLearner of {len(self.pool):,} rows; labelled: {labelled}; sought: {positive_class}."
        return f"<{said} {positive_class.request()}".rstrip() + ">"

    @property
    def positive_class(self) -> PositiveClass:
        """The positive class or classes, by name or, where none was named, by the pool.

        While that is in doubt, its ``request()`` asks for a name; see
        `motherlode._round.positive_class`.
        """
        if self._named is not None:
            return self._named
        if self._positive_class is None or self._positive_class[0] != self._events:
            labels = self._labels
            found = self._rarest.of(labels.rows, labels.codes, labels.origins)
            self._positive_class = self._events, found
        return self._positive_class[1]

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
        return self._left().ids

    def origins_of(self, rows: ArrayLike) -> list[Origin]:
        """How rows would be known to have come if they were taught now, as `query` asked them."""
        after = len(self._labels)
        return [self._asked.origin(row, None, after) for row in self._labels.row_ids(rows)]

    def session(
        self, *, predictions: Sequence[Floats] = (), seconds: float = 0.0, cost: float = 0.0
    ) -> Session:
        """The labels so far as stopping rules and estimates read them.

        Parameters
        ----------
        predictions : sequence of ndarray
            Probability of the positive classes on a fixed set of rows, a round each, for the rules
            that watch a model (`motherlode.stopping.StabilisingPredictions` and its like).
        seconds, cost : float
            Spent so far, for `motherlode.stopping.Budget`.
        """
        labelled, codes = set(self._labels.rows.tolist()), self._labels.codes
        return Session(
            len(self.pool) - len(self._skipped.keys() - labelled),
            np.isin(codes, self.positive_class.codes),
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
    ) -> None:
        """Record labels; any rows, asked or not.

        Teaching a row its own label again changes nothing. If anything is wrong with the call,
        none of it is recorded.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Global row ids.
        labels : array-like of shape (m,)
            From the declared classes.
        channel : str, optional
            How the rows were found, as in "search" (see `motherlode.pool._search`), since it bears
            on what can be estimated from their labels. By default "query" or "control" for a row
            that was asked, and "given" for any other.
        origins : sequence of Origin, optional
            All that a kept session knows of how each row came to be labelled, in place of what
            this learner knows; to take a session up again.

        Raises
        ------
        InputError
            For an id outside the pool, an unknown label, or a row that has another label.
        """
        self._record(rows, labels, channel, origins)

    def correct(self, rows: ArrayLike, labels: ArrayLike) -> None:
        """Record labels in place of those that rows have; parameters as for `teach`."""
        self._record(rows, labels, None, None, correct=True)

    def skip(self, rows: ArrayLike) -> None:
        """Never ask these rows again, because nobody can tell; they are not trained on.

        Raises
        ------
        InputError
            For an id outside the pool or a row that is labelled, which would be trained on. In a
            labelling project an annotator's last answer counts, so a skip takes a label's place.
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
        """The ``n`` rows most worth labelling now.

        Until something is taught, corrected or skipped, the answer stays the same.

        Parameters
        ----------
        n : int

        Returns
        -------
        Query

        Raises
        ------
        InputError
            If fewer than ``n`` rows are left.
        """
        n = _whole(n, "n", 1)
        left = self._left()
        if n > len(left):
            raise InputError(
                f"query({n}) asks for more rows than the {len(left)} that are left unlabelled; "
                + (f"ask for at most {len(left)}." if len(left) else "there is nothing to ask.")
            )
        view = self._view(left, n)
        controls, after = self._controls(view, n), len(self._labels)
        self._asked.at_random(controls, after, len(left), at_once=self.control.stratified)
        k = len(controls.rows)
        beside = self._asked_beside(controls.rows, view, left, n - k) if k < n else None
        return self._saying_the_positive_class(mixed(view, controls, beside))

    def predict_proba(self, rows: ArrayLike) -> Floats:
        """Class probabilities of pool rows by the query model, shape (len(rows), k).

        While fewer than two classes are labelled these are Laplace's estimate from the counts,
        the same for every row.
        """
        ids = np.array(self._labels.row_ids(rows), dtype=np.int64)
        return self._view(ids, max(len(ids), 1)).probabilities

    @property
    def trainable(self) -> bool:
        """Whether `final_model` can be fitted.

        It takes labels of two classes; where there are but two, of the class named as minority
        alone.
        """
        learned = self._learned(self.model)
        return learned.suffices(self._presumed(learned))

    def final_model(self, *, presume: bool = True, threshold: Any = None) -> Any:
        """The model to ship: `model`, class weights and all, fitted on what was learned.

        Parameters
        ----------
        presume : bool
            Whether, with two classes, random unlabelled rows may be presumed negative beside the
            labelled ones, or instead of them: labels of the positive class alone are enough then.
            It must be named as `minority`, or twenty labels tell which one it is. None is
            presumed for labels of a random sample, which show the negatives themselves; see
            `motherlode._round.training_set`. Where rows were presumed, and the model weighs no
            classes of its own, its probabilities, if it gives any, are moved to the share of
            positives in the pool.
        threshold : str or target, optional
            What the model's decisions are for: "f1", "g_mean", "balanced_accuracy", or
            `RecallAtPrecision` or `Cost` from `motherlode.models`. The cut of the probability
            is chosen on rows held out of the fit, at the prevalence of the pool. By default
            the likelier class is predicted.

        Returns
        -------
        fitted classifier
            Takes new data in the form that the pool was given in: texts for a pool of texts, a
            frame for a frame.

        Raises
        ------
        InputError
            While it is not `trainable`, and, with a threshold, fewer than two rows of each class
            are labelled.
        """
        return self.shipped(presume=presume, threshold=threshold).model

    def shipped(self, *, presume: bool = True, threshold: Any = None) -> Shipped:
        """`final_model`, and the rows that it presumed negative; parameters as there."""
        learned = self._learned(self.model)
        presumed = self._presumed(learned) if presume else NOBODY
        if not learned.suffices(presumed):
            raise InputError(
                f"A model needs labels of two classes, and {self._labels_so_far()}; teach some of "
                "another class first. Where there are but two classes, labels of the one that is "
                "named as minority are enough."
            )
        final = None
        if len(presumed.rows):
            final = Final(learned, self.model, learned.fit(self.model, presumed), presumed)
        if final is None or not final.of_a_search():
            final = Final(learned, self.model, self._fitted_on_labels(learned))
        return Shipped(final.shipped(self.pool, threshold), final.presumed)

    def _fitted_on_labels(self, learned: Learned) -> FittedClassifier:
        # Without class weights the model that asks is the model to ship, and may be fitted already.
        asks = self.query_model is self.model and self._fitted_at == self._events
        return self._fitted if asks and self._fitted is not None else learned.fit(self.model)

    def _labels_so_far(self) -> str:
        m = len(self._labels)
        if not m:
            return "nothing is labelled yet"
        only = self.classes[self._labels.codes[0]]
        return f"all {m} labels are {only}" if m > 1 else f"the one label is {only}"

    def _presumed(self, learned: Learned) -> Presumed:
        # Who has named no positive class may have begun with the common one, or have no rare one.
        few = len(self._labels) < ENOUGH_LABELS or not learned.suffices(NOBODY)
        positive_class = self.positive_class
        rare = positive_class.named or (
            not few and positive_class.share is not None and positive_class.share <= _RARE
        )
        return learned.presumed(self.model) if rare else NOBODY

    def _controls(self, view: View, n: int) -> Chosen:
        count = self.control.count(view, n)
        ranked = self.control.stratified and count > 0
        return self.control.draw(view, self.strategy._utilities(view) if ranked else None, count)

    def _saying_the_positive_class(self, query: Query) -> Query:
        """With the class that is taken to be rare in each reason, where the user named none."""
        positive_class = self.positive_class
        if positive_class.named:
            return query
        return replace(
            query, reasons=[f"{said}; sought: {positive_class}" for said in query.reasons]
        )

    def _asked_beside(self, controls: Rows, view: View, left: Unlabelled, n: int) -> Query:
        """What the strategy asks of the rows left; copies of what is known or asked come last."""
        free = left.without(controls) if len(controls) else left
        fresh = self._copies.fresh(free)
        most = min(n, len(fresh))
        found = [self._asked_of(view.narrowed(fresh), most, len(free))] if most else []
        if most < n:
            last = self._asked_of(view.narrowed(self._copies.others(free)), n - most, len(free))
            beside = np.concatenate([controls, *(query.rows for query in found)])
            found.append(replace(last, reasons=self._whose_copies(last.rows, beside)))
        return joined(found)

    def _asked_of(self, view: View, n: int, free: int) -> Query:
        """What the strategy asks of some rows, of the ``free`` ones that it might ask."""
        if not whole(self.candidates, view):
            view = view.narrowed(_enough(self.candidates.rows(view), n, self.candidates))
        query, arms = self._searched(view, n)
        everywhere = len(view) if len(view) == free else None
        self._asked.by_strategy(query, str(self.strategy), arms, len(self._labels), everywhere)
        return query

    def _whose_copies(self, rows: Rows, beside: Rows) -> list[str]:
        labelled = zip(*(known.tolist() for known in self.labelled), strict=True)
        return whose_copies(
            self._copies,
            rows,
            [
                [(row, f"is labelled {label}") for row, label in labelled],
                [(row, "was skipped") for row in self._skipped],
                [(row, "is asked beside it") for row in beside.tolist()],
            ],
        )

    def _searched(self, view: View, n: int) -> tuple[Query, Sequence[str]]:
        """What the strategy asks among the candidates, and which part of it asks each row."""
        size = len(view)
        looked = n
        if isinstance(self.selection, TopK):
            looked = self._looked(n, size)
            view = shortlisted(view, self.strategy, looked)
        at_hand = gathered(view, self.strategy)
        view = at_hand.view
        utilities = self.strategy._utilities(view)
        chosen = self.selection.choose(view, utilities, looked)
        _enough(chosen.rows, n, self.selection)
        if looked > n:
            apart = without_twins(self.pool, at_hand.global_ids(chosen.rows), n)
            chosen = Chosen(chosen.rows[apart])
        rows = at_hand.global_ids(chosen.rows)
        # A strategy that learns which of its arms does well must know who asked a label.
        tells = getattr(self.strategy, "arms", None)
        arms = [""] * len(rows) if tells is None else tells(view, chosen.rows)
        chances = chosen.probabilities
        if self.strategy.at_random and isinstance(self.selection, TopK):
            chances = 1.0 / (size - np.arange(n))
        reasons = self.strategy.reasons(view, chosen.rows)
        return Query(rows, utilities[positions(view.rows, chosen.rows)], reasons, chances), arms

    def _looked(self, n: int, size: int) -> int:
        """Among how many of the best rows a batch is chosen."""
        # What is drawn at random stays as it was drawn, since the chances are told.
        if self.copies == "each" or n == 1 or self.strategy.at_random:
            return n
        return min(TWINS_LOOK * n, size)

    def _left(self) -> Unlabelled:
        return Unlabelled(len(self.pool), [*self._labels.rows.tolist(), *self._skipped])

    @property
    def _copies(self) -> Copies:
        return self.pool.copies if self.copies == "once" else NO_COPIES

    def _record(
        self,
        rows: ArrayLike,
        labels: ArrayLike,
        channel: str | None,
        origins: Sequence[Origin] | None,
        correct: bool = False,
    ) -> None:
        ids = self._labels.row_ids(rows)
        if origins is not None and len(origins) != len(ids):
            raise InputError(
                f"There are {len(ids)} rows and {len(origins)} origins; give one each."
            )
        after = len(self._labels)
        known = dict(
            zip(ids, origins or [self._asked.origin(r, channel, after) for r in ids], strict=True)
        )
        self._events += self._labels.add(rows, labels, correct=correct, origins=known)

    def _view(self, rows: "Rows | Unlabelled", batch: int) -> View:
        codes, labelled = self._labels.codes, self._labels.rows
        origins = zip(labelled.tolist(), self._labels.origins, strict=True)
        return View(
            self.pool,
            rows,
            classes=self.classes,
            labelled_rows=labelled,
            labelled_codes=codes,
            minority=self.positive_class.codes,
            unfitted=self.query_model,
            model=self._query_model,
            seed=(self.seed, self._events),
            batch=batch,
            asked_by={row: o.arm for row, o in origins if o.arm and o.channel == "query"},
            skipped=np.array(list(self._skipped), dtype=np.int64),
            turn=len(labelled) - self.channels.count(CONTROL),
            copies=self._copies,
        )

    def _query_model(self) -> FittedClassifier | None:
        if (self._labels.counts() > 0).sum() < 2:
            self._fitted = None
        elif self._fitted is None or self._events - self._fitted_at >= self.refit_every:
            learned = self._learned(self.query_model)
            self._fitted = learned.fit(self.query_model, earlier=self._fitted)
            self._fitted_at = self._events
        return self._fitted

    def _learned(self, model: Any) -> Learned:
        codes, left = self._labels.codes, self._left()
        return Learned(
            self.pool.read_by(model),
            self._labels.rows,
            codes,
            self.classes,
            self.positive_class.codes,
            self._copies.unsettled(left),
            (self.seed, self._events),
            self._copies.spoken_for(self._labels.rows, left),
        )


def _classifier(model: Any, name: str) -> Any:
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


def _enough(rows: Rows, n: int, rule: Any) -> Rows:
    if len(rows) < n:
        raise InputError(
            f"{rule} gives {len(rows)} rows and {n} are asked; make it give more, or ask for fewer."
        )
    return rows


def _having(method: str, rule: Any, name: str) -> Any:
    if isinstance(rule, type) or not callable(getattr(rule, method, None)):
        raise InputError(f"{name} is {rule!r}; give an object that has a method {method}().")
    return rule


def _copies(rule: Any) -> str:
    if rule not in COPIES:
        raise InputError(f"copies is {rule!r}; it is one of {', '.join(map(repr, COPIES))}.")
    return str(rule)


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; give a whole number of at least {least}.")
    return int(value)
