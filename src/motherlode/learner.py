"""The engine: ask, be taught, refit, ask again."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier, is_regressor

from .arrays import Floats, Rows
from .candidates import AllRows, Candidates
from .errors import InputError
from .labels import Labels, declared_classes, minority_codes
from .models.classifier import FittedClassifier
from .models.default import default_model, without_class_weights
from .pool import Pool
from .pool.pool import as_pool
from .selection import Chosen, Control, Selection, TopK, as_control
from .session import CONTROL, Origin, Session
from .shipping import Learned
from .strategies.adaptive import Auto
from .strategies.base import Strategy, positions
from .strategies.registry import as_strategy
from .view import View


@dataclass(frozen=True)
class Query:
    """Rows to label, best first.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global row ids.
    utilities : ndarray of shape (n,)
        The strategy's utility of each; 0 for a control draw, which no strategy asked for.
    reasons : list of str
        Why each is asked, in a sentence.
    probabilities : ndarray of shape (n,) or None
        With which probability each was drawn, given those drawn before it; NaN where chance had
        no part in it, None if it had none in any.
    """

    rows: Rows
    utilities: Floats
    reasons: list[str]
    probabilities: Floats | None = None

    def __len__(self) -> int:
        return len(self.rows)


class ActiveLearner:
    """Finds the rows of a pool that are worth labelling, and learns from their labels.

    Parameters
    ----------
    pool : Pool, or anything that a Pool is made of
    classes : list of str, int or bool
        All classes, also those that nobody has seen yet; columns of probabilities follow them.
    model : scikit-learn classifier, optional
        The model to ship. By default a linear model for sparse features and text, and a random
        forest for others.
    strategy : Strategy or str
        Which rows are worth asking: a strategy, or its name. "auto" is the default.
    query_model : scikit-learn classifier, optional
        The model that asks. By default `model` without its class weights, since re-weighting
        moves the boundary that uncertainty is measured from.
    candidates : Candidates, optional
        Which rows may be asked in a round; by default all.
    selection : Selection, optional
        How utilities become a batch; by default the highest, ties broken at random.
    minority : label or list of labels, optional
        The class or classes sought; by default the rarest so far, and after twenty labels the
        one that was rarest then.
    refit_every : int
        Refit after at least that many new labels. With ``query(1)`` and ``refit_every=10`` the
        strategy sees each label of a batch of ten while the model stays.
    goal : {"both", "find", "learn"}
        What the labels are for; the strategy "auto" goes by it.
    control : float or Control
        The share of each batch that is drawn by lot from everything unlabelled; see
        `motherlode.selection.Control`. Without any, most strategies allow no valid estimate.
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
        auto, named = Auto(goal), as_strategy(strategy)
        by_name = isinstance(strategy, str) and isinstance(named, Auto)
        self.strategy: Strategy = auto if by_name else named
        self.candidates: Candidates = (
            AllRows() if candidates is None else _having("rows", candidates, "candidates")
        )
        self.selection: Selection = (
            TopK() if selection is None else _having("choose", selection, "selection")
        )
        self.minority = minority
        self.refit_every = _whole(refit_every, "refit_every", 1)
        self.goal = goal
        self.control = as_control(control)
        self.seed = _whole(seed, "seed", 0)
        self._labels = Labels(self.classes, len(self.pool))
        self._skipped: dict[int, None] = {}
        self._asked: dict[int, Origin] = {}
        self._events = 0
        self._fitted: FittedClassifier | None = None
        self._fitted_at = 0
        self._asked_by: dict[int, str] = {}
        minority_codes(self.classes, self._labels.codes, minority)

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
        open_ = np.ones(len(self.pool), dtype=bool)
        open_[self._labels.rows] = False
        open_[list(self._skipped)] = False
        return np.flatnonzero(open_)

    def session(
        self, *, predictions: Sequence[Floats] = (), seconds: float = 0.0, cost: float = 0.0
    ) -> Session:
        """The labels so far as stopping rules and estimates read them.

        Parameters
        ----------
        predictions : sequence of ndarray
            Probability of the classes sought on a fixed set of rows, a round each, for the rules
            that watch a model (`motherlode.stopping.StabilisingPredictions` and its like).
        seconds, cost : float
            Spent so far, for `motherlode.stopping.Budget`.
        """
        labelled, codes = set(self._labels.rows.tolist()), self._labels.codes
        return Session(
            len(self.pool) - len(self._skipped.keys() - labelled),
            np.isin(codes, minority_codes(self.classes, codes, self.minority)),
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
            How the rows were found, as in "search" (see `motherlode.seeding`), since it bears on
            what can be estimated from their labels. By default "query" or "control" for a row
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
        """Never ask these rows again, because nobody can tell; they are not trained on."""
        new = set(self._labels.row_ids(rows)).difference(self._skipped)
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
        left = self.unlabelled
        if n > len(left):
            raise InputError(
                f"query({n}) asks for more rows than the {len(left)} that are left unlabelled; "
                + (f"ask for at most {len(left)}." if len(left) else "there is nothing to ask.")
            )
        view = self._view(left, n)
        controls = self._controls(view, n)
        if len(controls.rows) == n:
            return self._recorded(view, controls, None)
        free = view.narrowed(np.setdiff1d(left, controls.rows)) if len(controls.rows) else view
        asked = free.narrowed(self.candidates.rows(free))
        utilities = self.strategy._utilities(asked)
        chosen = self._chosen(asked, utilities, n - len(controls.rows))
        if hasattr(self.strategy, "arms"):
            # A strategy that learns which of its arms does well must know who asked a label.
            self._asked_by.update(
                zip(chosen.rows.tolist(), self.strategy.arms(asked, chosen.rows), strict=True)
            )
        query = Query(
            chosen.rows,
            utilities[positions(asked.rows, chosen.rows)],
            self.strategy.reasons(asked, chosen.rows),
            chosen.probabilities,
        )
        # Chances among a few candidates say nothing of the rows that had none.
        everywhere = len(asked) == len(free)
        self._note(query.rows, "query", query.probabilities, len(asked) if everywhere else 0)
        return self._recorded(view, controls, query)

    def predict_proba(self, rows: ArrayLike) -> Floats:
        """Class probabilities of pool rows by the query model, shape (len(rows), k).

        While fewer than two classes are labelled these are Laplace's estimate from the counts,
        the same for every row.
        """
        ids = np.array(self._labels.row_ids(rows), dtype=np.int64)
        return self._view(ids, max(len(ids), 1)).probabilities

    def final_model(self, *, presume: bool = True, threshold: Any = None) -> Any:
        """The model to ship: `model`, class weights and all, fitted on what was learned.

        Parameters
        ----------
        presume : bool
            Whether, with two classes, random unlabelled rows may be presumed negative beside the
            labelled ones. How many follows from how much the labels over-represent the class
            sought, and is none for labels of a random sample; see `motherlode.shipping`.
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
            While fewer than two classes are labelled, and, with a threshold, fewer than two
            rows of each.
        """
        codes = self._labels.codes
        if len(np.unique(codes)) < 2:
            raise InputError(
                f"A model needs labels of two classes and there are {len(codes)} labels of "
                f"{len(np.unique(codes))}; teach some of another class first."
            )
        learned = self._learned(self.model)
        presumed = learned.presumed(self.model) if presume else codes[:0]
        # Without class weights the model that asks is the model to ship, and may be fitted already.
        fitted = self._fitted if self.query_model is self.model and not len(presumed) else None
        if fitted is None or self._fitted_at != self._events:
            fitted = learned.fit(self.model, presumed)
        # A copy, so that whatever is done to it the model that asks stays as it is.
        shipped = self.pool.pipeline(deepcopy(fitted.estimator))
        if threshold is None:
            return shipped
        return learned.deciding(shipped, fitted, self.pool.data, self.model, presumed, threshold)

    def _controls(self, view: View, n: int) -> Chosen:
        count = self.control.count(view, n)
        ranked = self.control.stratified and count > 0
        return self.control.draw(view, self.strategy._utilities(view) if ranked else None, count)

    def _chosen(self, view: View, utilities: Floats, n: int) -> Chosen:
        chosen = self.selection.choose(view, utilities, n)
        if self.strategy.by_lot and isinstance(self.selection, TopK):
            return Chosen(chosen.rows, 1.0 / (len(view) - np.arange(n)))
        return chosen

    def _recorded(self, view: View, controls: Chosen, query: Query | None) -> Query:
        """The query with its control draws, in places that do not give them away."""
        k = len(controls.rows)
        if not k:
            assert query is not None
            return query
        drawn = controls.probabilities
        assert drawn is not None
        self._note(controls.rows, CONTROL, drawn, len(view))
        said = [f"Control: drawn by lot from {len(view):,} unlabelled rows"] * k
        if query is None:
            return Query(controls.rows, np.zeros(k), said, drawn)
        order = view.rng("control places").permutation(k + len(query))
        chances = (
            np.full(len(query), np.nan) if query.probabilities is None else query.probabilities
        )
        reasons = [*said, *query.reasons]
        return Query(
            np.concatenate([controls.rows, query.rows])[order],
            np.concatenate([np.zeros(k), query.utilities])[order],
            [reasons[i] for i in order],
            np.concatenate([drawn, chances])[order],
        )

    def _note(self, rows: Rows, channel: str, chances: Floats | None, left: int) -> None:
        """Keep how rows came to be asked, for the time they are taught."""
        after, name = len(self._labels), str(self.strategy)
        for place, row in enumerate(rows.tolist()):
            known = Origin(channel, "" if channel == CONTROL else name, asked_after=after)
            if chances is not None and left:
                # Draws made at once, as stratified ones are, each had all rows before them.
                size = left if self._at_once(channel) else left - place
                known = known._replace(probability=float(chances[place]), drawn_from=size)
            self._asked[row] = known

    def _at_once(self, channel: str) -> bool:
        return channel == CONTROL and self.control.stratified

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
        known = dict(zip(ids, origins or [self._origin(r, channel) for r in ids], strict=True))
        self._events += self._labels.add(rows, labels, correct=correct, origins=known)

    def _origin(self, row: int, channel: str | None) -> Origin:
        asked = self._asked.get(row)
        if asked is not None and channel in (None, asked.channel):
            return asked
        return Origin(channel or "given", asked_after=len(self._labels))

    def _view(self, rows: Rows, batch: int) -> View:
        codes, labelled = self._labels.codes, self._labels.rows
        return View(
            self.pool,
            rows,
            classes=self.classes,
            labelled_rows=labelled,
            labelled_codes=codes,
            minority=minority_codes(self.classes, codes, self.minority),
            unfitted=self.query_model,
            model=self._query_model,
            seed=(self.seed, self._events),
            batch=batch,
            asked_by={r: self._asked_by[r] for r in labelled.tolist() if r in self._asked_by},
            skipped=np.array(list(self._skipped), dtype=np.int64),
        )

    def _query_model(self) -> FittedClassifier | None:
        if (self._labels.counts() > 0).sum() < 2:
            self._fitted = None
        elif self._fitted is None or self._events - self._fitted_at >= self.refit_every:
            self._fitted = self._learned(self.query_model).fit(self.query_model)
            self._fitted_at = self._events
        return self._fitted

    def _learned(self, model: Any) -> Learned:
        codes = self._labels.codes
        return Learned(
            self.pool.read_by(model),
            self._labels.rows,
            codes,
            self.classes,
            minority_codes(self.classes, codes, self.minority),
            self.unlabelled,
            (self.seed, self._events),
        )


def _classifier(model: Any, name: str) -> Any:
    if isinstance(model, type):
        raise InputError(f"{name} is the class {model.__name__}; call it: {model.__name__}().")
    if not (hasattr(model, "fit") and hasattr(model, "get_params")):
        raise InputError(
            f"{name} is {model!r}; give a scikit-learn classifier, which has fit and get_params."
        )
    if is_regressor(model):
        raise InputError(f"{name} is the regressor {type(model).__name__}; give a classifier.")
    if not (is_classifier(model) or hasattr(model, "predict_proba")):
        raise InputError(f"{name} is {type(model).__name__}, which predicts no class.")
    return clone(model)


def _having(method: str, rule: Any, name: str) -> Any:
    if isinstance(rule, type) or not callable(getattr(rule, method, None)):
        raise InputError(f"{name} is {rule!r}; give an object that has a method {method}().")
    return rule


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; give a whole number of at least {least}.")
    return int(value)
