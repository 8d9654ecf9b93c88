"""What a strategy may see of one round; each thing is computed once, in blocks, when it is read."""

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any, TypeVar
from zlib import crc32

import numpy as np

from .._rows.arrays import Floats, Matrix, Rows
from .._rows.blocks import Block, Stored, between, over_blocks, threads_for
from .._rows.matrix import n_rows, take
from .._rows.random_by_row import random_numbers
from .._rows.unlabelled import Unlabelled
from ..measures import fuse_ranks
from ..models._adapt import as_classifier
from ..models._classifier import FittedClassifier
from ..models._committee import (
    Committee,
    Labelled,
    default_committee,
    squash_stack,
    stack_probabilities,
)
from ..models._weights import takes_presumed
from ..priors._slope import Slope
from .stand_in import fit_to_ask
from .stated_prior import StatedPrior
from .training_set import PresumedNegatives, Presumption, TrainingSet

T = TypeVar("T")

_REFERENCE = 5_000  # unlabelled rows that a row is ranked among; small pools have fewer
_SHARED_ROWS = 20_000  # pools of which a model's probabilities are computed once a round
_STACK_CELLS = 160_000  # committee probabilities in memory at a time: 1.3 MB


class View:
    """The candidates of a round, the labels so far, and the model of the last refit.

    Parameters
    ----------
    training : TrainingSet
        The labels so far, and the rows whose answer is open. Its parts are attributes of the view
        too: `pool`, `classes`, `labelled_rows`, `labelled_codes`, `minority`, `skipped`, `copies`
        and `seed`, the entropy of the round.
    rows : ndarray of int64 of shape (n,), or Unlabelled
        Global ids of the candidates. Everything that is "of the candidates" follows this order.
    unfitted : classifier
        The query model as declared, for committees to copy.
    model : FittedClassifier, None, or a function that returns one of them
        The query model of the last refit; None while fewer than two classes are labelled. A
        function is called when a strategy reads the model; a random draw needs none.
    batch : int
        How many rows will be asked.
    asked_by : dict of int to str
        The part of the strategy that asked a labelled row, where it has parts.
    turn : int, optional
        How many turns are over where parts take turns; by default as many as there are labels.
        The learner does not count control draws.
    """

    def __init__(
        self,
        training: TrainingSet,
        rows: "Rows | Unlabelled",
        *,
        unfitted: Any,
        model: "FittedClassifier | Callable[[], FittedClassifier | None] | None",
        batch: int = 1,
        asked_by: Mapping[int, str] | None = None,
        turn: int | None = None,
    ) -> None:
        self.training, self.candidates = training, rows
        self.pool, self.classes, self.minority = training.pool, training.classes, training.minority
        self.labelled_rows, self.labelled_codes = training.rows, training.codes
        self.skipped, self.copies, self.seed = training.skipped, training.copies, training.seed
        self.unfitted, self._model, self.batch = unfitted, model, batch
        self.asked_by = asked_by or {}
        self.turn = len(training.rows) if turn is None else turn
        self._memo: dict[Hashable, Any] = {}
        self._of_the_round: dict[Hashable, Any] = {}
        self._block: Block | None = None
        self._odds: dict[Hashable, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Send models to other machines, and no results of theirs."""
        model = self._of_the_round.get("model") if callable(self._model) else self._model
        return self.__dict__ | {"_model": model, "_memo": {}}

    def __len__(self) -> int:
        return len(self.candidates)

    @property
    def rows(self) -> Rows:
        """Global ids of the candidates, shape (n,)."""
        known = self.candidates
        return known.ids if isinstance(known, Unlabelled) else known

    def holds(self, rows: Rows) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which of ``rows`` are candidates."""
        known = self.candidates
        return known.holds(rows) if isinstance(known, Unlabelled) else np.isin(rows, known)

    def sample(self, size: int, rng: np.random.Generator) -> Rows:
        """Draw ``size`` candidates without replacement, in the order drawn."""
        known = self.candidates
        if isinstance(known, Unlabelled):
            return known.sample(size, rng)
        return rng.choice(known, size=size, replace=False)

    def narrow(self, rows: "Rows | Unlabelled", block: Block | None = None) -> "View":
        """Replace the candidates, and perhaps give the block that holds their features."""
        if rows is self.candidates:
            return self
        other = self.replace(rows=rows)
        other._of_the_round, other._block = self._of_the_round, block
        return other

    def keep(self, places: Rows) -> "View":
        """Narrow a block to the candidates at some places, with their known log odds."""
        other = self.narrow(self.rows[places], self._block)
        other._odds = {k: z if z is None else z[:, places] for k, z in self._odds.items()}
        return other

    def replace(self, **changes: Any) -> "View":
        """Make another round, with other values of some parameters."""
        own = {
            "training": self.training, "rows": self.candidates, "unfitted": self.unfitted,
            "model": self._model, "batch": self.batch, "asked_by": self.asked_by, "turn": self.turn,
        }  # fmt: skip
        return View(**(own | changes))

    def rng(self, purpose: str) -> np.random.Generator:
        """Make a random generator of this round, one stream for each purpose."""
        return np.random.default_rng([*self.seed, crc32(purpose.encode())])

    def random_numbers(self, purpose: str, rows: Rows | None = None) -> Floats:
        """Draw a random number in [0, 1) for each of ``rows``, by default the candidates.

        A row gets the same number whichever others are candidates, so that ties break alike in a
        whole pool, in blocks of it and on several machines.
        """
        return random_numbers(
            (*self.seed, crc32(purpose.encode())), self.rows if rows is None else rows
        )

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Compute a result, or return the one that is kept under ``key`` for the round."""
        return _once(self._memo, key, compute)

    def once_a_round(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Do as `once` in all views of a round: for results that do not depend on candidates."""
        return _once(self._of_the_round, key, compute)

    @property
    def model(self) -> FittedClassifier | None:
        """The query model of the last refit, or None."""
        if callable(self._model):
            self._model = self.once_a_round("model", self._model)
        return self._model

    @property
    def fresh(self) -> int:
        """How many labels came after the model was fitted."""
        return 0 if self.model is None else len(self.labelled_rows) - self.model.n_labels

    @cached_property
    def points(self) -> Floats:
        """The candidates as standardised points, shape (n, p); see `Pool.points`."""
        return self.pool.points[self.rows]

    @cached_property
    def labelled_points(self) -> Floats:
        """The labelled rows as standardised points, shape (m, p)."""
        return self.pool.points[self.labelled_rows]

    @property
    def matrix(self) -> Matrix:
        """The features that the query model reads, of the whole pool."""
        return self.pool.read_by(self.unfitted) if self._block is None else self._block

    @cached_property
    def probabilities(self) -> Floats:
        """Class probabilities of the candidates, shape (n, k).

        While fewer than two classes are labelled there is no model, and every row gets the same
        ones: Laplace's estimate from the labels so far. Measures of them tie, and ties are broken
        at random.
        """
        z = self.log_odds
        if z is None or self.model is None:
            return self.predict_proba(self.candidates)
        return self.model.squash(z)

    @property
    def log_odds(self) -> Any:
        """Log odds of the model's second class, shape (n,), or None.

        Only a linear model of two classes gives them for less work than probabilities, and only
        candidates of a block are few enough to remember them.
        """
        z = None if self._block is None or self.model is None else self._odds_by([self.model])
        return None if z is None else z[0]

    def committee_log_odds(self, committee: Committee | None) -> Any:
        """Compute `log_odds` of each member of a committee, shape (members, n), or None."""
        if self._block is None or self.model is None:
            return None
        return self._odds_by(self.committee(committee))

    def _odds_by(self, members: list[Any]) -> Any:
        key = tuple(map(id, members))
        if key not in self._odds:
            assert self._block is not None
            known = all(getattr(member, "squashes", False) for member in members)
            apply, rows = self._block.apply, self.rows
            z = np.stack([apply(m.log_odds, rows) for m in members]) if known else None
            self._odds[key] = z if z is not None and np.isfinite(z.sum()) else None
        return self._odds[key]

    @property
    def labelled_probabilities(self) -> Floats:
        """Class probabilities of the labelled rows, shape (m, k)."""
        return self.once_a_round(("labelled",), lambda: self.predict_proba(self.labelled_rows))

    def predict_proba(self, rows: "Rows | Unlabelled") -> Floats:
        """Compute class probabilities of any rows of the pool, shape (len(rows), k)."""
        k = len(self.classes)
        if self.model is None:
            counts = np.bincount(self.labelled_codes, minlength=k)
            return np.tile((counts + 1.0) / (counts.sum() + k), (len(rows), 1))
        return self.predict_proba_by(self.model, rows)

    def predict_proba_by(self, model: FittedClassifier, rows: "Rows | Unlabelled") -> Floats:
        """Compute class probabilities of any rows by any model, shape (len(rows), k)."""
        if len(model.weights) > 1 and self._is_predicted_once:
            return np.tensordot(self.predict_members(model, rows), model.weights, axes=(1, 0))
        return self._apply(model.predict_proba, rows, (0, len(self.classes)))

    @property
    def _is_predicted_once(self) -> bool:
        """Whether a model predicts the whole pool once a round, for all who read it."""
        matrix = self.pool.read_by(self.unfitted)
        return len(self.pool) <= _SHARED_ROWS and not isinstance(matrix, Stored)

    def predict_members(self, model: FittedClassifier, rows: "Rows | Unlabelled") -> Floats:
        """Compute probabilities of any rows by each member, shape (len(rows), members, k)."""
        nothing = (0, len(model.weights), len(self.classes))
        if not self._is_predicted_once:
            return self._apply(model.opinions, rows, nothing)

        def of_all() -> Floats:
            every = Unlabelled(len(self.pool), [])
            return self.replace(rows=every)._apply(model.opinions, every, nothing)

        ids = rows.ids if isinstance(rows, Unlabelled) else rows
        return self.once_a_round(("opinions", id(model)), of_all)[ids]

    def last_layer(self, rows: "Rows | Unlabelled") -> tuple[Floats, Floats] | None:
        """Compute a network's own probabilities of any rows, and what its last layer reads.

        Both come from one pass, in blocks: shapes (len(rows), k) and (len(rows), d). None where the
        query model is not a network, or there is none yet.
        """
        if self.model is None or not self.model.embeds:
            return None
        both = self._apply(self.model.last_layer, rows, (0, len(self.classes) + 1))
        k = len(self.model.estimator.classes_)
        return both[:, :k], both[:, k:]

    def _apply(
        self,
        function: Callable[[Matrix], Floats],
        rows: "Rows | Unlabelled",
        shape: tuple[int, ...],
    ) -> Floats:
        """Apply a function to the features of rows, in their order; ``shape`` is that of none."""
        if not len(rows):
            return np.empty(shape)

        def task(block: Block, ids: Rows) -> Floats:
            return np.asarray(block.apply(function, ids))

        if self._block is not None:
            return task(self._block, rows.ids if isinstance(rows, Unlabelled) else rows)
        if isinstance(rows, Unlabelled) or bool((np.diff(rows) > 0).all()):
            parts = list(over_blocks(self.matrix, rows, task, threads_for(self.unfitted)))
            return parts[0] if len(parts) == 1 else np.concatenate(parts)
        ids, place = np.unique(rows, return_inverse=True)
        return np.asarray(self._apply(function, ids, shape)[place])

    @property
    def minority_probability(self) -> Floats:
        """Probability of the positive class or classes, of the candidates, shape (n,)."""
        return self.training.positive(self.probabilities)

    @property
    def labelled_minority(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which labelled rows are of a positive class, shape (m,)."""
        return self.training.is_positive

    @property
    def unlabelled(self) -> Unlabelled:
        """Rows of the whole pool whose answer is open; copies of labelled rows are left out."""
        return self.training.unlabelled

    def fit_presuming(self, rule: Presumption) -> FittedClassifier | None:
        """Fit the query model anew, with random unlabelled rows presumed negative.

        Where the positive class is rare, nearly every unlabelled row is negative, so one positive
        alone is enough to learn from. The presumed labels are forgotten after the fit. The result
        is None while no positive is labelled.

        Parameters
        ----------
        rule : Presumption
            How many rows to presume negative, and how much each counts.

        References
        ----------
        Cormack & Grossman (2015), Autonomy and reliability of continuous active learning for
        technology-assisted review, arXiv:1504.06868.
        """
        if not self.labelled_minority.any():
            return None

        def fit() -> FittedClassifier:
            presumed, seed = self._presume(rule)
            return fit_to_ask(self.training, self.unfitted, presumed, seed=seed)

        return self.once_a_round(("presuming", rule), fit)

    def count_presumed(self, rule: Presumption) -> int:
        """Count the rows that the fit of `fit_presuming` presumes negative.

        Parameters
        ----------
        rule : Presumption
            As for `fit_presuming`.
        """
        return len(self._presume(rule)[0].rows)

    def _presume(self, rule: Presumption) -> tuple[PresumedNegatives, int]:
        """Draw the presumed negatives of a round, and the seed of their fit."""

        def draw() -> tuple[PresumedNegatives, int]:
            rng = self.rng("presumed negatives")
            told = takes_presumed(as_classifier(self.unfitted))
            presumed = self.training.presume(rule, rng, told=told)
            return presumed, int(rng.integers(2**31 - 1))

        return self.once_a_round(("presumed", rule), draw)

    @property
    def reference(self) -> Rows:
        """A random sample of the unlabelled rows, among which rows are ranked; in rising order."""
        left = self.unlabelled
        return self.once_a_round(
            "reference",
            lambda: np.sort(left.sample(min(_REFERENCE, len(left)), self.rng("reference"))),
        )

    @property
    def prior(self) -> StatedPrior | None:
        """What a person stated of the rows before any label, or None."""
        return self.training.prior

    def prior_slope(self, rule: Presumption) -> Slope:
        """Fit the slope of the prior beside the model of `fit_presuming`, once a round.

        Parameters
        ----------
        rule : Presumption
            As for `fit_presuming`.
        """

        def fit() -> Slope:
            model = self.fit_presuming(rule)
            if model is None:
                return self.training.prior_slope()
            found = self.training.held_out_of(model, self.unfitted, self._presume(rule)[0])
            if found is None:
                return self.training.prior_slope()
            # On the scale on which candidates are ranked: their places among unlabelled rows.
            known = self.training.positive(found[: len(self.labelled_rows)])
            others = self.training.positive(self.predict_proba_by(model, self.reference))
            return self.training.prior_slope(
                fuse_ranks(known[None], np.sort(others)[None], np.ones(1))
            )

        return self.once_a_round(("prior slope", rule), fit)

    def prior_offset(
        self, rule: Presumption, by_model: Floats | None = None, *, rows: Rows | None = None
    ) -> Floats:
        """Compute what the prior adds to log odds by the model of `fit_presuming`, shape (m,).

        Parameters
        ----------
        rule : Presumption
            As for `fit_presuming`.
        by_model : ndarray of shape (n,), optional
            What the model says of the candidates, the likelier the higher. A prior that is asked
            row by row is asked of the likeliest of them, and adds nothing to the others.
        rows : ndarray of int64 of shape (m,), optional
            Global ids; by default the candidates.
        """
        prior = self.prior
        assert prior is not None
        slope = self.prior_slope(rule).value
        if rows is not None:
            return slope * prior.at(rows)
        if by_model is None or not prior.lazy:
            return slope * prior.at(self.rows)
        found = np.zeros(len(self))
        some = prior.likeliest_in_question(by_model, self.batch)
        found[some] = slope * prior.at(self.rows[some])
        return found

    def disagreement(
        self, committee: Committee | None, measure: Callable[[Floats], Floats]
    ) -> Floats:
        """Measure a committee's probabilities at the candidates, shape (n,).

        The committee is fitted once a round. Its (members, rows, classes) stack exists for one
        block of rows at a time.

        Parameters
        ----------
        committee : Committee or None
            None takes the query model's own members where it is an ensemble of several, and
            five stratified bags elsewhere.
        measure : callable
            From a stack (m, rows, k) to (rows,).
        """
        if self.model is None:
            return np.zeros(len(self))
        members = self.committee(committee)
        step = max(1, _STACK_CELLS // (len(members) * len(self.classes)))
        z = self.committee_log_odds(committee)
        if z is not None and len(self):
            starts = range(0, len(self), step)
            return np.concatenate(
                [measure(squash_stack(members, z[:, a : a + step])) for a in starts]
            )

        def measure_all(X: Matrix) -> Floats:
            blocks = (between(X, low, low + step) for low in range(0, n_rows(X), step))
            return np.concatenate([measure(stack_probabilities(members, part)) for part in blocks])

        return self._apply(measure_all, self.candidates, (0,))

    def committee_probabilities(self, committee: Committee | None, rows: Rows) -> Floats:
        """Compute a committee's probabilities of any rows, shape (members, len(rows), k).

        The whole stack is in memory, so the rows should be few; `disagreement`, by the same
        members, is for all candidates. Without a model the only member is `predict_proba`.
        """
        if self.model is None:
            return self.predict_proba(rows)[None]
        return stack_probabilities(self.committee(committee), take(self.matrix, rows))

    def committee(self, committee: Committee | None) -> list[Any]:
        """Fit the members of a committee, once a round; see `disagreement`."""
        return self.once_a_round(("members", committee), lambda: self._members(committee))

    def _members(self, committee: Committee | None) -> list[Any]:
        assert self.model is not None
        X = take(self.matrix, self.labelled_rows)
        positive = tuple(self.classes[list(self.minority)].tolist())
        labelled = Labelled(X, self.classes[self.labelled_codes], self.classes, positive)
        committee = default_committee(self.model) if committee is None else committee
        unfitted = self.unfitted if self.model.stands_in is None else self.model.stands_in
        return committee.members(self.model, unfitted, labelled, self.rng("committee"))


def _once(memo: dict[Hashable, Any], key: Hashable, compute: Callable[[], T]) -> T:
    try:
        hash(key)
    except TypeError:  # a user's own committee that is not hashable
        key = repr(key)
    if key not in memo:
        memo[key] = compute()
    found: T = memo[key]
    return found
