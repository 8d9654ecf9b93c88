"""The positive class where nobody named it: the one that is rare in the pool, not among the labels.

A search that goes well labels more positives than negatives, so counts of labels tell little of
what is rare. What tells it is added up here as if all of it were rows drawn at random:

- Rows that chance drew count one each.
- A row that was asked and is not of the positive class counts a half: a search for a common class
  hardly finds another. While no row of the positive class is known, every row that was asked does.
- A row that was asked and is of the positive class counts a tenth, and all of them no more than
  three: a search for a common class finds nothing else, and so does an easy one for a rare class.
- Rows that somebody brought count the same little, since nobody knows how they were picked. Who
  brings rows of one class alone, before anything is asked, has brought what is sought: that counts
  two for each other class.
- A line between the labelled classes, each with the same weight, calls a random sample of the pool.
  Its shares count one row less than the rarest of the labelled classes has, up to ten: of a class
  with one row a line knows nothing.

A class once taken is kept until another is clearly rarer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._rows.arrays import Codes, Floats, Rows
from ..session import CONTROL, Origin
from .labels import minority_codes

if TYPE_CHECKING:
    from ..pool import Pool

CHANCE = "chance"
"""What asked a row that a strategy drew at random from everything unlabelled."""

_ASKED, _WEAK, _WEAKEST_SUM, _BROUGHT_FIRST = 0.5, 0.1, 3.0, 2.0
_LINE_ROWS = 10
_FIRST_LINE = 5  # labels, and again whenever they have doubled
_SAMPLE = 1000
_CLEARLY, _AND = 1.25, 0.75
_SURE = 0.95


@dataclass(frozen=True)
class PositiveClass:
    """The positive class or classes, and how they are known.

    Attributes
    ----------
    classes : tuple
        Labels of the class or classes.
    codes : tuple of int
        Their positions among the declared classes.
    named : bool
        Whether the user named them as ``minority``.
    share : float or None
        About which share of the pool is of them, where a model could tell; None where they are
        named, since nothing is fitted then.
    sure : bool
        Whether they are named, or what is known leaves little doubt.

    Examples
    --------
    >>> print(PositiveClass(("eight",), (1,), named=True))
    eight, named
    >>> print(PositiveClass(("eight",), (1,), share=0.031))
    eight, taken to be rare: about 3.1 % of the pool by the model
    """

    classes: tuple[Any, ...]
    codes: tuple[int, ...]
    named: bool = False
    share: float | None = None
    sure: bool = True

    def request(self, by: str = "minority=") -> str:
        """One sentence that asks for a name, to be given ``by`` this; empty without a doubt."""
        if self.sure:
            return ""
        return (
            f"Please name the positive class, by {by}: the labels do not tell yet which class is "
            f"rare, and {self._names} is taken for it."
        )

    def __str__(self) -> str:
        if self.named:
            return f"{self._names}, named"
        known = "" if self.share is None else f": about {_percent(self.share)} by the model"
        return f"{self._names}, taken to be rare{known}"

    @property
    def _names(self) -> str:
        return " and ".join(str(label) for label in self.classes)


def named(classes: np.ndarray[Any, Any], minority: Any) -> PositiveClass:
    """The positive class or classes that a user names; see `motherlode._round.labels.minority_codes`."""
    codes = minority_codes(classes, minority)
    return PositiveClass(tuple(classes[list(codes)].tolist()), codes, named=True)


class RarestClass:
    """What the labels so far say of who is rare; labels that follow those seen cost little.

    The answer is a function of the labels, their order and the channels they came by.

    Parameters
    ----------
    pool : Pool or None
        None, where the pool is not at hand, leaves out what a line can tell.
    classes : ndarray of shape (k,)
    """

    _seen: tuple[Rows, Codes, tuple[str, ...]]

    def __init__(self, pool: "Pool | None", classes: np.ndarray[Any, Any]) -> None:
        self._pool, self._classes = pool, classes
        self._start_over()

    def of(self, rows: Rows, codes: Codes, origins: Sequence[Origin]) -> PositiveClass:
        """The positive class after these labels, in the order taught."""
        ways = tuple(map(_way, origins))
        m = len(self._seen[2])
        if m > len(ways) or not (
            np.array_equal(self._seen[0], rows[:m])
            and np.array_equal(self._seen[1], codes[:m])
            and self._seen[2] == ways[:m]
        ):
            self._start_over()
            m = 0
        for place in range(m, len(ways)):
            self._add(int(codes[place]), ways[place])
            self._look(rows[: place + 1], codes[: place + 1])
            self._settle()
        self._seen = (rows, codes, ways)
        return self._answer(len(rows))

    def _start_over(self) -> None:
        k = len(self._classes)
        none = np.empty(0, dtype=np.int64)
        self._seen = (none, none, ())
        self._counted, self._weak = np.zeros(k), np.zeros(k)
        self._labels, self._brought = np.zeros(k), np.zeros(k)
        self._line: Floats = np.zeros(k)
        self._shares: Floats | None = None
        self._kept: int | None = None
        self._asked = False

    def _add(self, code: int, way: str) -> None:
        # What is brought first comes in any order; with the first row asked it has been weighed.
        if way != "brought" and not self._asked and self._labels.any():
            self._kept = self._taken
        known = self._labels[self._taken] > 0
        self._labels[code] += 1
        if way == "brought":
            self._weak[code] += _WEAK
            if not self._asked:
                self._brought[code] += 1
            return
        self._asked = True
        if way == "lot":
            self._counted[code] += 1.0
        elif known and code == self._taken:
            self._weak[code] += _WEAK
        else:
            self._counted[code] += _ASKED

    def _look(self, rows: Rows, codes: Codes) -> None:
        """Ask a line, whenever the labels have doubled."""
        doublings = np.log2(len(rows) / _FIRST_LINE)
        if self._pool is None or doublings < 0 or doublings != int(doublings):
            return
        labelled = self._labels[self._labels > 0]
        if len(labelled) < 2:
            return
        shares = line_shares(self._pool, rows, codes, len(self._classes))
        if shares is not None:
            self._shares, self._line = shares, shares * min(labelled.min() - 1, _LINE_ROWS)

    @property
    def _evidence(self) -> Floats:
        """Rows of each class, as if they had been drawn at random."""
        return np.asarray(self._counted + np.minimum(self._weak, _WEAKEST_SUM) + self._line)

    @property
    def _amounts(self) -> Floats:
        """The evidence, and what it counts to have brought rows of one class alone."""
        brought = self._brought > 0
        return self._evidence + _BROUGHT_FIRST * ~brought * (brought.sum() == 1)

    @property
    def _taken(self) -> int:
        return _last_lowest(self._amounts) if self._kept is None else self._kept

    def _settle(self) -> None:
        amounts = self._amounts
        rarest = _last_lowest(amounts)
        if self._kept is None:
            # Rows brought are not weighed before the first is asked, and a tie takes nobody.
            if self._asked and (amounts == amounts[rarest]).sum() == 1:
                self._kept = rarest
        elif amounts[self._kept] > _CLEARLY * amounts[rarest] + _AND:
            self._kept = rarest

    def _answer(self, m: int) -> PositiveClass:
        code = self._taken
        evidence = self._evidence
        others = np.delete(evidence, code).min()
        from scipy.special import betainc

        doubt = betainc(others + 0.5, evidence[code] + 0.5, 0.5)
        return PositiveClass(
            (self._classes[code].item(),),
            (code,),
            share=None if self._shares is None else self._share(code, m),
            sure=bool(doubt <= 1 - _SURE),
        )

    def _share(self, code: int, m: int) -> float:
        """In the whole pool; no less than is labelled."""
        assert self._pool is not None
        assert self._shares is not None
        left = 1 - m / len(self._pool)
        return float(self._labels[code] / len(self._pool) + left * self._shares[code])


def line_shares(pool: "Pool", rows: Rows, codes: Codes, k: int) -> Floats | None:
    """Shares of the classes in a sample of the unlabelled rows, as a line calls them.

    All classes weigh the same in its fit, so it does not matter how many of each were labelled.

    Parameters
    ----------
    pool : Pool
    rows, codes : ndarray of shape (m,)
        Labelled rows, of two classes or more.
    k : int
        Classes declared.

    Returns
    -------
    ndarray of shape (k,), or None
        None where no row is left, or the features are not numbers.
    """
    # A server gives its first rows before it has loaded these.
    from sklearn.linear_model import LogisticRegression

    from .._rows.matrix import take
    from .._rows.threads import one_thread
    from .._rows.unlabelled import Unlabelled

    left = Unlabelled(len(pool), rows)
    if not len(left):
        return None
    sample = left.sample(min(_SAMPLE, len(left)), np.random.default_rng([len(rows), len(pool)]))
    try:
        some, known = _on_one_scale(take(pool.features, np.sort(sample)), take(pool.features, rows))
        with one_thread():
            line = LogisticRegression(class_weight="balanced", max_iter=300).fit(known, codes)
        called = line.predict(some)
    except (TypeError, ValueError):  # words or gaps, which only the user's own model reads
        return None
    return np.asarray(np.bincount(called, minlength=k) / len(called))


def _on_one_scale(some: Any, known: Any) -> tuple[Any, Any]:
    """Both standardised by the first, unless they are sparse: texts are on one scale."""
    if hasattr(some, "tocsr"):
        return some, known
    dense = np.asarray(some, dtype=np.float64)
    middle, spread = dense.mean(axis=0), dense.std(axis=0)
    spread[~(spread > 0)] = 1.0
    return (dense - middle) / spread, (np.asarray(known, dtype=np.float64) - middle) / spread


def _way(origin: Origin) -> str:
    """How a label bears on who is rare: by "lot", "asked" or "brought"."""
    chance = origin.probability * origin.drawn_from
    if origin.drawn_from and abs(chance - 1.0) <= 1e-6:
        return "lot"
    if origin.channel == CONTROL:  # strata are drawn from with unequal chances
        return "asked" if origin.drawn_from else "lot"
    if origin.channel == "query":
        return "lot" if origin.strategy == CHANCE else "asked"
    return "brought"


def _last_lowest(amounts: Floats) -> int:
    return int(np.flatnonzero(amounts == amounts.min())[-1])


def _percent(share: float) -> str:
    return f"{100 * share:.2g} % of the pool" if share >= 0.001 else "less than 0.1 % of the pool"
