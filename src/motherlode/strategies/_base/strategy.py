"""What a query strategy is: a value that gives every candidate of a round a utility.

To write one, subclass `Strategy` as a frozen dataclass and define `utilities(view)`.

The operators ``*``, ``**`` and ``+`` act on the quantity that a strategy measures. Where a
strategy gives its logarithm, as densities do, they act in log space, so that
``Entropy() * KDE(region="dense") ** 0.5`` is entropy times the root of the density, without
underflow. `motherlode.strategies._compose` has the other ways to combine.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from scipy.special import logsumexp

from ..._round.view import View
from ..._rows.arrays import Floats, Rows
from ...errors import InputError
from ...measures import SMALLEST


@dataclass(frozen=True)
class Strategy(ABC):
    """A way to say how much each candidate is worth asking about.

    Attributes
    ----------
    family : str
        Where it stands in ``motherlode strategies``.
    needs : str
        What it reads: "nothing", "model", "committee" or "geometry". One that needs a model or
        a committee explores at random while fewer than two classes are labelled.
    paper : str
        The source.
    logarithmic : bool
        Whether the utilities are logarithms of a positive quantity; combining goes by the
        quantity itself.
    at_random : bool
        Whether utilities are a lottery, so that the highest are a simple random sample.
    pointwise : bool
        Whether a row's utility depends on that row, the labels and the models alone, and not on
        which other rows are candidates. Such a strategy reads a pool in one pass, a block at a
        time; declare it where it is true.
    """

    family: ClassVar[str] = "your own"
    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = ""
    logarithmic: ClassVar[bool] = False
    at_random: ClassVar[bool] = False
    pointwise: ClassVar[bool] = False

    @abstractmethod
    def utilities(self, view: View) -> Floats:
        """One finite float for each of ``view.rows``; the highest is asked first."""

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """One sentence for each of ``rows``, which are among ``view.rows``: why it is asked."""
        place = positions(view.rows, rows)
        said = [f"{self} {u:.3g}" for u in self._utilities(view)[place]]
        if self.needs not in ("model", "committee"):
            return said
        if view.model is None:
            if np.ptp(self._utilities(view)) == 0:
                return [f"{self}: {no_model(view)}, exploring at random"] * len(rows)
            return [f"{text}; {no_model(view)}" for text in said]
        p, positive_class = view.minority_probability[place], positive_names(view)
        return [f"{text}; p({positive_class}) = {q:.2g}" for text, q in zip(said, p, strict=True)]

    def _utilities(self, view: View) -> Floats:
        """`utilities`, checked, and computed once a round."""
        return view.once(utilities_key(self), lambda: self._found(view))

    def _found(self, view: View) -> Floats:
        u = checked(self, self.utilities(view), view)
        return rounded(u) if self.pointwise else u

    def scorers(self, view: View) -> "tuple[tuple[Strategy, str], ...]":
        """Pointwise strategies whose n best rows hold among them the n best of this one.

        Each comes with the purpose of the lot (`View.lot`) that breaks its ties. None where all
        candidates must be looked at together.
        """
        return ((self, "ties"),) if self.pointwise else ()

    def contenders(self, view: View, lowest: float) -> Any:
        """Which candidates of a block may have a utility of ``lowest`` or more, as a mask.

        For pointwise strategies, where that is told by less than the utilities; None elsewhere.
        """
        return None

    def log_utilities(self, view: View) -> Floats:
        """The logarithm of the quantity that the utilities measure, for products and powers."""
        u = self._utilities(view)
        if self.logarithmic:
            return u
        if len(u) and u.min() < 0:
            raise InputError(
                f"{self} gives negative utilities, which have no product or power; combine it "
                "by Ranks({0}), '+', Interleave or Mixture.".format(self)
            )
        return np.asarray(np.log(np.maximum(u, SMALLEST)))

    def __mul__(self, other: Any) -> "Strategy":
        if isinstance(other, int | float):
            return Weighted(self, float(other))
        return Product((self, other)) if isinstance(other, Strategy) else NotImplemented

    __rmul__ = __mul__

    def __pow__(self, exponent: float) -> "Strategy":
        return Power(self, float(exponent))

    def __add__(self, other: Any) -> "Strategy":
        return Sum((self, other)) if isinstance(other, Strategy) else NotImplemented

    def __sklearn_clone__(self) -> "Strategy":
        return self  # a value: nothing of it is ever fitted or changed

    def __str__(self) -> str:
        changed = [
            f"{f.name}={' '.join(repr(getattr(self, f.name)).split())}"
            for f in fields(self)
            if repr(getattr(self, f.name)) != repr(f.default)
        ]
        return type(self).__name__ + (f"({', '.join(changed)})" if changed else "")


def checked(strategy: Strategy, utilities: Any, view: View) -> Floats:
    """The utilities as float64, or an error that names the strategy."""
    u = np.asarray(utilities, dtype=np.float64)
    if u.shape != (len(view.rows),):
        raise InputError(
            f"{strategy}.utilities gave an array of shape {u.shape} for {len(view.rows)} "
            "candidates; give one number for each of view.rows."
        )
    if not np.isfinite(u.sum()) and not np.isfinite(u).all():  # the sum alone may overflow
        row = int(view.rows[np.flatnonzero(~np.isfinite(u))[0]])
        raise InputError(
            f"{strategy}.utilities gave {u[~np.isfinite(u)][0]} (first for row {row}); every "
            "candidate needs a finite number."
        )
    return u


def rounded(utilities: Floats) -> Floats:
    """The utilities to 41 binary digits, so that rows tie that differ by the order of a sum.

    Products of matrices round by where in a block a row stands: equal rows get probabilities that
    differ in the last digits, and then the block and not the lot would decide.
    """
    digits = utilities.view(np.int64) + (1 << 10)
    digits &= -(1 << 11)
    return digits.view(np.float64)


def positions(rows: Rows, wanted: Rows) -> Rows:
    """Where the ids ``wanted`` stand in ``rows``; for use inside one function, never handed on."""
    order = np.argsort(rows, kind="stable")
    return order[np.searchsorted(rows, wanted, sorter=order)]


def ranks(utilities: Floats, lot: Floats) -> Rows:
    """The place of each utility, 0 for the highest, ties in the order of a lot."""
    order = np.lexsort((lot, -utilities))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = np.arange(len(order))
    return out


def no_model(view: View) -> str:
    """Why there is no model yet, in words."""
    if not len(view.labelled_rows):
        return "nothing is labelled yet"
    only = view.classes[view.labelled_codes[0]]
    return f"only class {only} is labelled yet"


def positive_names(view: View) -> str:
    """The positive class or classes, for a sentence."""
    return " or ".join(str(view.classes[c]) for c in view.minority)


def utilities_key(strategy: Strategy) -> Any:
    """Under what a view remembers a strategy's utilities."""
    return ("utilities", memo_key(strategy))


def memo_key(strategy: Strategy) -> Any:
    """Under what a view remembers a strategy's results: itself, if it is a value."""
    try:
        hash(strategy)
    except TypeError:  # a field of somebody's own that is no value
        return id(strategy)
    return strategy


@dataclass(frozen=True)
class Combined(Strategy):
    """A strategy with parts."""

    family: ClassVar[str] = "composition"

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The most demanding need of the parts."""
        order = ["nothing", "geometry", "model", "committee"]
        return max(
            (p.needs for p in self._parts()), key=lambda n: order.index(n) if n in order else 2
        )

    def _parts(self) -> tuple[Strategy, ...]:
        raise NotImplementedError


@dataclass(frozen=True)
class RowByRow(Combined):
    """Parts whose utilities are combined within each row: pointwise if all parts are."""

    @property
    def pointwise(self) -> bool:  # type: ignore[override]
        """Whether all parts are."""
        return all(part.pointwise for part in self._parts())


@dataclass(frozen=True)
class Product(RowByRow):
    """The product of what the parts measure; the utilities are its logarithm.

    Examples
    --------
    >>> from motherlode.strategies import KDE, Entropy
    >>> print(Entropy() * KDE(region="dense") ** 0.5)
    Entropy * KDE(region='dense') ** 0.5
    """

    parts: tuple[Strategy, ...]
    logarithmic: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """The sum of the parts' logarithms."""
        return np.sum([part.log_utilities(view) for part in self.parts], axis=0)

    def _parts(self) -> tuple[Strategy, ...]:
        return self.parts

    def __str__(self) -> str:
        return " * ".join(str(p) if isinstance(p, Power) else _bracketed(p) for p in self.parts)


@dataclass(frozen=True)
class Power(RowByRow):
    """A power of what the part measures; the utilities are its logarithm."""

    part: Strategy
    exponent: float
    logarithmic: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """The part's logarithm times the exponent."""
        return self.exponent * self.part.log_utilities(view)

    def _parts(self) -> tuple[Strategy, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"{_bracketed(self.part)} ** {self.exponent:g}"


@dataclass(frozen=True)
class Weighted(RowByRow):
    """A part times a number, as in ``0.3 * LOF()``."""

    part: Strategy
    weight: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.weight) and self.weight >= 0):
            raise InputError(
                f"A weight is {self.weight}; give a finite number that is not negative."
            )

    @property
    def logarithmic(self) -> bool:  # type: ignore[override]
        """As the part."""
        return self.part.logarithmic

    def utilities(self, view: View) -> Floats:
        """The part's quantity times the weight."""
        u = self.part._utilities(view)
        return u + np.log(max(self.weight, 1e-300)) if self.logarithmic else u * self.weight

    def _parts(self) -> tuple[Strategy, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"{self.weight:g} * {_bracketed(self.part)}"


@dataclass(frozen=True)
class Sum(RowByRow):
    """The sum of what the parts measure, each on its own scale.

    If a part gives logarithms the sum is taken of the quantities, and the utilities are its
    logarithm.
    """

    parts: tuple[Strategy, ...]

    @property
    def logarithmic(self) -> bool:  # type: ignore[override]
        """Whether any part is."""
        return any(part.logarithmic for part in self.parts)

    def utilities(self, view: View) -> Floats:
        """The sum, or its logarithm."""
        if self.logarithmic:
            return np.asarray(logsumexp([p.log_utilities(view) for p in self.parts], axis=0))
        return np.sum([part._utilities(view) for part in self.parts], axis=0)

    def _parts(self) -> tuple[Strategy, ...]:
        return self.parts

    def __str__(self) -> str:
        return " + ".join(str(part) for part in self.parts)


def _bracketed(part: Strategy) -> str:
    return f"({part})" if isinstance(part, Sum | Product | Weighted | Power) else str(part)
