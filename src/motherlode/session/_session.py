"""The labels of a session in their order, and the sessions that can be made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._inert.description import Described, Description, pluralise
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ._draws import Group, count_earlier, group_draws, order_draws
from ._origins import Origin, Origins, by_column


class Batch(NamedTuple):
    """A batch of which only a random part was labelled, as S-CAL does.

    Attributes
    ----------
    size : int
        Rows in the batch.
    drawn, positives : int
        How many were drawn and labelled, and how many of those are positive.
    """

    size: int
    drawn: int
    positives: int


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Which rows came to the pool together, and which of them each label's query could reach.

    Rows that are taken out and come back, as by `motherlode.ActiveLearner.unteach`, arrive anew if
    rows were drawn at random in the meantime.

    Attributes
    ----------
    sizes : tuple of int
        Rows of each arrival that can be labelled, labelled or not, the oldest arrival first.
    of_label : ndarray of int64 of shape (m,)
        With which arrival each labelled row came.
    reached : ndarray of int64 of shape (m,)
        How many arrivals were in the pool when each labelled row was asked for.
    """

    sizes: tuple[int, ...]
    of_label: Codes
    reached: Codes

    def of_labels(self, labels: slice | NDArray[np.bool_]) -> Arrivals:
        """Return the same for some of the labels.

        Parameters
        ----------
        labels : slice or ndarray of bool of shape (m,)
            Which ones.
        """
        return Arrivals(self.sizes, self.of_label[labels], self.reached[labels])


@dataclass(frozen=True, eq=False)
class PassedOver:
    """A session as it would be if the rows that were passed over had labels.

    Attributes
    ----------
    session : Session
        With these rows among the labels, at the places where they were asked, as negatives. Its
        pool holds them too.
    places : ndarray of bool of shape (m,)
        Which labels of it are theirs.
    rows : ndarray of int64 of shape (m,), optional
        Which row of the pool each label of it is of.
    """

    session: Session
    places: NDArray[np.bool_]
    rows: Codes | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Session(Described):
    """The labels so far, in order, and how each row came to be labelled.

    Parameters
    ----------
    pool_size : int
        Rows of the pool that can be labelled, labelled or not.
    positive : array-like of bool of shape (m,)
        Whether each labelled row is of a positive class, in the order labelled.
    origins : sequence of Origin
        How each row came to be labelled; by default all were "given".
    predictions : sequence of ndarray of shape (s,)
        Probability of the positive classes on one fixed set of rows, one array for each round,
        oldest first.
    set_aside, refound : int
        Positives of a random sample that the strategy does not know, and how many of them it has
        found since.
    captures : ndarray of bool of shape (f, sources), optional
        Which of several independent searches found each positive.
    batches : sequence of Batch
        For S-CAL.
    seconds, cost : float
        Spent on labels so far, the cost in any unit.
    arrivals : Arrivals, optional
        Where rows came to the pool after others had been drawn at random. By default every row
        could be reached by every draw.
    held_back : array-like of bool of shape (m,), optional
        Labels of random draws that do not count yet, since a row that was drawn before them waits
        for its label. Whichever drawn rows are answered first, the draws that count are then the
        first that were made. By default none.
    passed_over : PassedOver, optional
        The rows that were asked and got no label, since somebody skipped them or could not tell;
        `pool_size` is without those that are not asked again. By default there are none.

    Examples
    --------
    >>> session = Session(1000, [True, False, False])
    >>> session.labels, session.found, session.left
    (3, 1, 997)
    """

    pool_size: int
    positive: NDArray[np.bool_]
    origins: Sequence[Origin] = ()
    predictions: Sequence[Floats] = ()
    set_aside: int = 0
    refound: int = 0
    captures: NDArray[np.bool_] | None = None
    batches: Sequence[Batch] = ()
    seconds: float = 0.0
    cost: float = 0.0
    arrivals: Arrivals | None = None
    held_back: NDArray[np.bool_] | None = None
    passed_over: PassedOver | None = None
    _found_before: Codes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positive = _check_positive(self.positive, self.pool_size)
        labels = len(positive)
        if not 0 <= self.refound <= self.set_aside:
            raise InputError(
                f"{self.refound} of {self.set_aside} positives set aside are found again; give "
                f"0 to {max(self.set_aside, 0)}."
            )
        captures = _check_captures(self.captures)
        _check_batches(self.batches)
        origins = _check_origins(self.origins, labels)
        _check_arrivals(self.arrivals, self.pool_size, labels)
        held_back = _check_held_back(self.held_back, labels)
        object.__setattr__(self, "positive", positive)
        object.__setattr__(self, "captures", captures)
        object.__setattr__(self, "origins", origins)
        object.__setattr__(self, "held_back", held_back)
        object.__setattr__(self, "_found_before", np.concatenate([[0], np.cumsum(positive)]))

    def _describe(self) -> Description:
        channels = Counter(origin.channel for origin in self.origins)
        facts = [
            ("found", pluralise(self.found, "positive")),
            ("unlabelled", f"{self.left:,} rows"),
            ("drawn at random", f"{int(self.drawn.sum()):,} of the labelled rows"),
            ("how rows were found", ", ".join(f"{name} {n:,}" for name, n in channels.items())),
        ]
        summary = f"{self.labels:,} of {self.pool_size:,} rows labelled"
        return Description("Session", summary, [(name, said) for name, said in facts if said])

    @property
    def labels(self) -> int:
        """How many rows are labelled."""
        return len(self.positive)

    @property
    def found(self) -> int:
        """How many of them are positive."""
        return int(self.positive.sum())

    @property
    def left(self) -> int:
        """How many rows of the pool are unlabelled."""
        return self.pool_size - self.labels

    @cached_property
    def _origins_by_column(self) -> Origins:
        return by_column(self.origins)

    @cached_property
    def probabilities(self) -> Floats:
        """The probability with which each row was drawn; 0 if it is no random draw."""
        return self._origins_by_column.columns["probability"]

    @cached_property
    def drawn_from(self) -> Codes:
        """The number of rows that each draw was from; 0 if it is no random draw."""
        return self._origins_by_column.columns["drawn_from"]

    @cached_property
    def known_before(self) -> Codes:
        """The number of labels known when each row was asked for."""
        return self._origins_by_column.columns["asked_after"]

    @cached_property
    def drawn(self) -> NDArray[np.bool_]:
        """Which rows were drawn at random from all rows that were unlabelled then, and count."""
        return (self.drawn_from > 0) & (self.probabilities > 0) & ~self._are_held_back

    @cached_property
    def at_random(self) -> NDArray[np.bool_]:
        """Which rows were drawn at random from all unlabelled rows, with a known probability.

        A draw that was made before some rows of the pool arrived says nothing of them, and is not
        counted; `of_arrival` has it.
        """
        if self.arrivals is None:
            return self.drawn
        return self.drawn & (self.arrivals.reached == len(self.arrivals.sizes))

    @cached_property
    def uniform(self) -> NDArray[np.bool_]:
        """Which rows were drawn at random with the same probability as every unlabelled row."""
        return self.at_random & self.drawn_alike

    @property
    def _are_held_back(self) -> NDArray[np.bool_]:
        assert self.held_back is not None
        return self.held_back

    @cached_property
    def drawn_alike(self) -> NDArray[np.bool_]:
        """Which rows were drawn with the same probability as every row of the pool at that time."""
        expected = self.probabilities * self.drawn_from
        return self.drawn & np.isclose(expected, 1.0, rtol=1e-6, atol=0.0)

    def found_before(self, labels: ArrayLike) -> Codes:
        """Count the positives among the first labels.

        Parameters
        ----------
        labels : int or array-like of int
            How many first labels.

        Returns
        -------
        int or ndarray of int
            Of the shape of `labels`.
        """
        return self._found_before[np.asarray(labels)]

    def groups(self) -> list[Group]:
        """Group the uniform draws: those of one query, and of queries with nothing in between.

        The order is that of the draws. A row counts with the query that drew it first, whenever
        and however it got its label. For queries between its draw and its label it is drawn
        already: they could bring only the other rows into the sample.
        """
        return list(self._groups)

    @cached_property
    def _groups(self) -> list[Group]:
        return group_draws(self.uniform, self.positive, self.known_before, self.drawn_from)

    def of_arrival(self, arrival: int) -> Session:
        """Return the session of the rows that arrived together, as if there were no others.

        A row drawn at random from several arrivals, and found to be of this one, is a random draw
        from this one.

        Parameters
        ----------
        arrival : int
            Its place in `Arrivals.sizes`.

        Returns
        -------
        Session

        Examples
        --------
        Two rows are drawn from two. Then two more come, and one is drawn from what is left.

        >>> draws = [Origin("control", "", 1/2, 2, 0), Origin("control", "", 1/2, 2, 1)]
        >>> both = Arrivals((2, 2), np.array([0, 1]), np.array([1, 2]))
        >>> whole = Session(4, [True, False], draws, arrivals=both)
        >>> whole.of_arrival(0).groups(), whole.of_arrival(1).groups()
        ([Group(rows=2, drawn=1, positives=1, found=0)],
         [Group(rows=2, drawn=1, positives=0, found=0)])
        """
        assert self.arrivals is not None
        sizes, reached = self.arrivals.sizes, self.arrivals.reached
        mine = self.arrivals.of_label == arrival
        known = np.concatenate([[0], np.cumsum(mine)])[self.known_before]
        # Rows of one query are drawn one after the other, each after those before it.
        draws = mine & self.drawn_alike & (reached > arrival)
        order = order_draws(draws, self.known_before, self.drawn_from)
        left = np.zeros(self.labels, dtype=np.int64)
        left[order] = sizes[arrival] - known[order] - count_earlier(self.known_before[order])
        rows, whole = left[mine], self._origins_by_column
        columns = {name: column[mine] for name, column in whole.columns.items()}
        columns["asked_after"], columns["drawn_from"] = known[mine], rows
        columns["probability"] = np.where(rows > 0, 1.0 / np.maximum(rows, 1), 0.0)
        origins = Origins(columns, whole.words)
        return Session(sizes[arrival], self.positive[mine], origins)

    def complete(self, positive: bool | NDArray[np.bool_]) -> Session:
        """Return the session as if all rows that were passed over had labels.

        Parameters
        ----------
        positive : bool or ndarray of bool of shape (m,)
            Whether they are positive: all alike, or one for each label of `PassedOver.session`, of
            which those of other rows are not looked at.

        Returns
        -------
        Session
        """
        if self.passed_over is None:
            return self
        whole, places = self.passed_over.session, self.passed_over.places
        return replace(whole, positive=whole.positive | (places & positive))

    def without_held_back(self) -> Session:
        """Return the session as if the draws that do not count yet had no labels.

        Returns
        -------
        Session
            `captures`, which are of the positives found, are dropped, and so is `passed_over`.
        """
        kept = ~self._are_held_back
        if kept.all():
            return self
        known = np.concatenate([[0], np.cumsum(kept)])[self.known_before]
        whole = self._origins_by_column
        columns = {name: column[kept] for name, column in whole.columns.items()}
        columns["asked_after"] = known[kept]
        return replace(
            self,
            positive=self.positive[kept],
            origins=Origins(columns, whole.words),
            captures=None,
            arrivals=self.arrivals and self.arrivals.of_labels(kept),
            held_back=None,
            passed_over=None,
        )

    def first(self, labels: int) -> Session:
        """Return the session as it was after its first labels.

        Parameters
        ----------
        labels : int
            How many; `predictions`, `captures` and `passed_over`, which are not kept for each
            label, are dropped.

        Returns
        -------
        Session
        """
        return replace(
            self,
            positive=self.positive[:labels],
            origins=self.origins[:labels],
            predictions=(),
            captures=None,
            arrivals=self.arrivals and self.arrivals.of_labels(slice(labels)),
            held_back=self._are_held_back[:labels],
            passed_over=None,
        )


def hold_back(origins: Sequence[Origin], waiting: Iterable[Origin]) -> NDArray[np.bool_]:
    """Tell which draws were made after the first of some that still wait for their labels.

    Parameters
    ----------
    origins : sequence of Origin
        Of the labels, in their order.
    waiting : iterable of Origin
        Of rows that were drawn at random and have no label yet.

    Examples
    --------
    >>> draws = [Origin("control", "", 1 / (9 - i), 9 - i) for i in range(3)]
    >>> hold_back([draws[2], draws[0]], [draws[1]]).tolist()
    [True, False]
    """
    return made_after(
        np.array([origin.asked_after for origin in origins], dtype=np.float64),
        np.array([origin.drawn_from for origin in origins], dtype=np.int64),
        [(origin.asked_after, origin.drawn_from) for origin in waiting],
    )


def made_after(
    at: NDArray[np.float64], drawn_from: NDArray[np.int64], waiting: Iterable[tuple[float, int]]
) -> NDArray[np.bool_]:
    """Tell which draws were made after the first of some others.

    Draws of one moment are made one after the other, each from one row less.

    Parameters
    ----------
    at : ndarray of shape (m,)
        The moment of each draw: a time, or how many labels were known.
    drawn_from : ndarray of shape (m,)
        From how many rows each was drawn; 0 for rows that were not drawn at random.
    waiting : iterable of (float, int)
        Moment and number of rows of each of the others.

    Examples
    --------
    >>> made_after(np.array([0.0, 1.0, 1.0]), np.array([9, 7, 8]), [(1, 7), (2, 6)]).tolist()
    [False, True, False]
    """
    first = min(((moment, -rows) for moment, rows in waiting), default=None)
    if first is None:
        return np.zeros(len(at), dtype=np.bool_)
    later = (at > first[0]) | ((at == first[0]) & (-drawn_from >= first[1]))
    return np.asarray(later & (drawn_from > 0), dtype=np.bool_)


def _check_held_back(held_back: ArrayLike | None, labels: int) -> NDArray[np.bool_]:
    if held_back is None:
        return np.zeros(labels, dtype=np.bool_)
    checked = np.asarray(held_back, dtype=np.bool_)
    if checked.shape != (labels,):
        raise InputError(f"There are {labels} labels; say of each whether it is held back.")
    return checked


def _check_arrivals(arrivals: Arrivals | None, pool_size: int, labels: int) -> None:
    if arrivals is None:
        return
    if sum(arrivals.sizes) != pool_size:
        raise InputError(
            f"The arrivals have {sum(arrivals.sizes)} rows and the pool has {pool_size}; every row "
            "comes with one arrival."
        )
    if not len(arrivals.of_label) == len(arrivals.reached) == labels:
        raise InputError(f"There are {labels} labels; give the arrival and the reach of each.")


def _check_positive(positive: ArrayLike, pool_size: int) -> NDArray[np.bool_]:
    flags = np.asarray(positive)
    if flags.ndim != 1 or not (flags.dtype == bool or np.isin(flags, (0, 1)).all()):
        raise InputError("positive must be a list of true and false, one a label.")
    if len(flags) > pool_size:
        raise InputError(
            f"There are {len(flags)} labels and the pool has {pool_size} rows; pool_size counts "
            "all rows, labelled ones too."
        )
    return flags.astype(np.bool_)


def _check_captures(captures: ArrayLike | None) -> NDArray[np.bool_] | None:
    if captures is None:
        return None
    checked = np.asarray(captures, dtype=np.bool_)
    if checked.ndim != 2:
        raise InputError(
            "captures must be a table with a row for each positive found and a column for each "
            "search."
        )
    return checked


def _check_batches(batches: Sequence[Batch]) -> None:
    for batch in batches:
        if not 0 <= batch.positives <= batch.drawn <= batch.size:
            raise InputError(
                f"{batch} is no batch: the positives are some of the rows drawn, and those are "
                "some of its rows."
            )


def _check_origins(origins: Sequence[Origin], labels: int) -> Sequence[Origin]:
    if not isinstance(origins, Origins):
        origins = tuple(origins) or (Origin(),) * labels
    if len(origins) != labels:
        raise InputError(
            f"There are {labels} labels and {len(origins)} origins; give one for each."
        )
    return origins
