"""The positive class where nobody named it: the class that is rare in the pool.

A search that goes well labels more positives than negatives, so counts of labels tell little of
what is rare. The evidence is added up here as if all of it were random draws:

- A random draw counts one.
- A row that was asked and is not of the positive class counts a half, since a search for a common
  class hardly finds another. While no positive is known, every row that was asked counts so.
- A row that was asked and is of the positive class counts a tenth, and all of them at most three:
  a search for a common class finds nothing else, and so does an easy one for a rare class.
- Rows that were given count a tenth too, since nobody knows how they were picked. If rows of one
  class alone are given before anything is asked, they are taken to be positive, and that counts
  two for each other class.
- A linear model, in which each labelled class has the same weight, predicts a random sample of the
  pool. Its shares count one row less than the rarest of the labelled classes has, up to ten; of a
  class with one row such a model knows nothing.

The class that was taken stays until another one is clearly rarer.
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

RANDOM_DRAW = "chance"
"""The strategy in the origin of a row that a strategy drew at random from everything unlabelled."""

_ASKED, _WEAK, _MOST_WEAK, _GIVEN_FIRST = 0.5, 0.1, 3.0, 2.0
_MODEL_ROWS = 10
_FIRST_MODEL = 5  # labels, and again whenever they have doubled
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
        About which share of the pool is positive, if a model could tell; None where the classes are
        named, since no model is fitted then.
    sure : bool
        Whether they are named, or the evidence leaves little doubt.

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
        """Ask in one sentence for a name, to be given ``by`` this; empty if there is no doubt."""
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


def declared_positive_class(classes: np.ndarray[Any, Any], minority: Any) -> PositiveClass:
    """Make the positive class or classes that a user names; see `minority_codes`."""
    codes = minority_codes(classes, minority)
    return PositiveClass(tuple(classes[list(codes)].tolist()), codes, named=True)


class RarestClass:
    """The class that is rare by the labels so far; new labels cost little.

    The answer is a function of the labels, their order and their origins. Without a pool no linear
    model is fitted.
    """

    _seen: tuple[Rows, Codes, tuple[str, ...]]

    def __init__(self, pool: "Pool | None", classes: np.ndarray[Any, Any]) -> None:
        self._pool, self._classes = pool, classes
        self._start_over()

    def of(self, rows: Rows, codes: Codes, origins: Sequence[Origin]) -> PositiveClass:
        """Find the positive class after these labels, in the order taught."""
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
        self._labels, self._given = np.zeros(k), np.zeros(k)
        self._predicted: Floats = np.zeros(k)
        self._shares: Floats | None = None
        self._kept: int | None = None
        self._asked = False

    def _add(self, code: int, way: str) -> None:
        # Given rows come in any order. When the first row is asked all of them count.
        if way != "given" and not self._asked and self._labels.any():
            self._kept = self._taken
        known = self._labels[self._taken] > 0
        self._labels[code] += 1
        if way == "given":
            self._weak[code] += _WEAK
            if not self._asked:
                self._given[code] += 1
            return
        self._asked = True
        if way == "random":
            self._counted[code] += 1.0
        elif known and code == self._taken:
            self._weak[code] += _WEAK
        else:
            self._counted[code] += _ASKED

    def _look(self, rows: Rows, codes: Codes) -> None:
        """Fit the linear model whenever the labels have doubled."""
        doublings = np.log2(len(rows) / _FIRST_MODEL)
        if self._pool is None or doublings < 0 or doublings != int(doublings):
            return
        labelled = self._labels[self._labels > 0]
        if len(labelled) < 2:
            return
        shares = _predict_shares(self._pool, rows, codes, len(self._classes))
        if shares is not None:
            self._shares, self._predicted = shares, shares * min(labelled.min() - 1, _MODEL_ROWS)

    @property
    def _evidence(self) -> Floats:
        """Rows of each class, as if they were random draws."""
        return np.asarray(self._counted + np.minimum(self._weak, _MOST_WEAK) + self._predicted)

    @property
    def _amounts(self) -> Floats:
        """The evidence, with what rows of one class alone count that were given first."""
        given = self._given > 0
        return self._evidence + _GIVEN_FIRST * ~given * (given.sum() == 1)

    @property
    def _taken(self) -> int:
        return _last_lowest(self._amounts) if self._kept is None else self._kept

    def _settle(self) -> None:
        amounts = self._amounts
        rarest = _last_lowest(amounts)
        if self._kept is None:
            # Given rows do not count before the first is asked, and a tie decides nothing.
            if self._asked and (amounts == amounts[rarest]).sum() == 1:
                self._kept = rarest
        elif amounts[self._kept] > _CLEARLY * amounts[rarest] + _AND:
            self._kept = rarest

    def _answer(self, m: int) -> PositiveClass:
        from scipy.special import betainc

        code, evidence = self._taken, self._evidence
        others = np.delete(evidence, code).min()
        doubt = betainc(others + 0.5, evidence[code] + 0.5, 0.5)
        return PositiveClass(
            (self._classes[code].item(),),
            (code,),
            share=None if self._shares is None else self._share(code, m),
            sure=bool(doubt <= 1 - _SURE),
        )

    def _share(self, code: int, m: int) -> float:
        """Give the share of a class in the whole pool, at least that of its labelled rows."""
        assert self._pool is not None
        assert self._shares is not None
        left = 1 - m / len(self._pool)
        return float(self._labels[code] / len(self._pool) + left * self._shares[code])


def _predict_shares(pool: "Pool", rows: Rows, codes: Codes, k: int) -> Floats | None:
    """Predict shares of the ``k`` classes among the unlabelled rows, on a sample of them.

    A linear model gives all classes the same weight, so it does not matter how many rows of each
    were labelled. The result is None where no row is left, or the features are not numbers.
    """
    # Imported here, so that a server can ask its first rows without waiting for scikit-learn.
    from sklearn.linear_model import LogisticRegression

    from .._rows.matrix import take
    from .._rows.threads import one_thread
    from .._rows.unlabelled import Unlabelled

    left = Unlabelled(len(pool), rows)
    if not len(left):
        return None
    sample = left.sample(min(_SAMPLE, len(left)), np.random.default_rng([len(rows), len(pool)]))
    try:
        some, known = _standardise(take(pool.features, np.sort(sample)), take(pool.features, rows))
        with one_thread():
            model = LogisticRegression(class_weight="balanced", max_iter=300).fit(known, codes)
        predicted = model.predict(some)
    except (TypeError, ValueError):  # texts or gaps, which only the user's own model reads
        return None
    return np.asarray(np.bincount(predicted, minlength=k) / len(predicted))


def _standardise(some: Any, known: Any) -> tuple[Any, Any]:
    """Standardise both by the first; sparse features, as of texts, are on one scale already."""
    if hasattr(some, "tocsr"):
        return some, known
    dense = np.asarray(some, dtype=np.float64)
    middle, spread = dense.mean(axis=0), dense.std(axis=0)
    spread[~(spread > 0)] = 1.0
    return (dense - middle) / spread, (np.asarray(known, dtype=np.float64) - middle) / spread


def _way(origin: Origin) -> str:
    """Tell how a label counts: as a "random" draw, "asked" or "given"."""
    if origin.drawn_from and abs(origin.probability * origin.drawn_from - 1.0) <= 1e-6:
        return "random"
    if origin.channel == CONTROL:  # strata are drawn from with unequal probabilities
        return "asked" if origin.drawn_from else "random"
    if origin.channel == "query":
        return "random" if origin.strategy == RANDOM_DRAW else "asked"
    return "given"


def _last_lowest(amounts: Floats) -> int:
    return int(np.flatnonzero(amounts == amounts.min())[-1])


def _percent(share: float) -> str:
    return f"{100 * share:.2g} % of the pool" if share >= 0.001 else "less than 0.1 % of the pool"
