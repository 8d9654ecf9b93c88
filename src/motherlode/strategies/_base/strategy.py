"""What a query strategy is: a value that gives every candidate of a round a utility.

To write one, subclass `Strategy` as a frozen dataclass and define `utilities(view)`.

The operators ``*``, ``**`` and ``+`` act on the quantity that a strategy measures. Some strategies
give its logarithm, as densities do, and then the operators work with logarithms. So
``Entropy() * KDE(region="dense") ** 0.5`` is entropy times the root of the density, without
underflow. `Interleave`, `Mixture` and `Ranks` are the other ways to combine.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ..._round.view import View
from ..._rows.arrays import Floats, Rows
from ...errors import InputError
from ...measures import SMALLEST


@dataclass(frozen=True)
class Strategy(ABC):
    """A rule that says how much each candidate is worth asking.

    Attributes
    ----------
    family : str
        The group in which ``motherlode strategies`` lists it.
    needs : str
        What it reads: "nothing", "model", "committee" or "geometry". A strategy that needs a model
        or a committee explores at random while fewer than two classes are labelled.
    paper : str
        The source.
    logarithmic : bool
        Whether the utilities are logarithms of a positive quantity. Products, powers and sums
        combine the quantity itself.
    at_random : bool
        Whether utilities are random numbers, so that the highest are a simple random sample.
    pointwise : bool
        Whether a row's utility depends on that row, the labels and the models alone, and not on
        the other candidates. The learner reads a pool in one pass, block by block, for such a
        strategy; declare it where it is true.
    """

    family: ClassVar[str] = "your own"
    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = ""
    logarithmic: ClassVar[bool] = False
    at_random: ClassVar[bool] = False
    pointwise: ClassVar[bool] = False

    @abstractmethod
    def utilities(self, view: View) -> Floats:
        """Give every candidate a number; the highest is asked first.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.

        Returns
        -------
        ndarray of shape (n,)
            One finite float for each of ``view.rows``.
        """

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say in one sentence each why some rows are asked.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        rows : ndarray of int64 of shape (m,)
            Global ids, all among ``view.rows``.
        """
        place = positions(view.rows, rows)
        said = [f"{self} {u:.3g}" for u in self.compute_utilities(view)[place]]
        if self.needs not in ("model", "committee"):
            return said
        if view.model is None:
            if np.ptp(self.compute_utilities(view)) == 0:
                return [f"{self}: {no_model(view)}, exploring at random"] * len(rows)
            return [f"{text}; {no_model(view)}" for text in said]
        p, positive_class = view.minority_probability[place], positive_names(view)
        return [f"{text}; p({positive_class}) = {q:.2g}" for text, q in zip(said, p, strict=True)]

    def arms(self, view: View, rows: Rows) -> list[str]:
        """Name the part that asks each of some rows; "" where there are no parts to tell apart.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        rows : ndarray of int64 of shape (m,)
            Global ids, all among ``view.rows``.
        """
        return [""] * len(rows)

    def random_draws(self, view: View, rows: Rows) -> NDArray[np.bool_]:
        """Tell which of some rows are random draws.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        rows : ndarray of int64 of shape (m,)
            Global ids, all among ``view.rows``.
        """
        return np.full(len(rows), self.at_random)

    def compute_utilities(self, view: View) -> Floats:
        """Compute `utilities` once a round, and check them.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.

        Raises
        ------
        InputError
            If `utilities` gives anything but one finite number for each candidate.
        """

        def compute() -> Floats:
            u = _check_utilities(self, self.utilities(view), view)
            return _round_off(u) if self.pointwise else u

        return view.once(utilities_key(self), compute)

    def rankers(self, view: View) -> "tuple[tuple[Strategy, str], ...]":
        """List pointwise strategies whose n best rows hold among them the n best of this one.

        Each comes with the purpose of the random numbers (`View.random_numbers`) that break its
        ties. The list is empty where all candidates must be looked at together.

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        """
        return ((self, "ties"),) if self.pointwise else ()

    def prune(self, view: View, lowest: float) -> Any:
        """Tell which candidates of a block may have a utility of ``lowest`` or more.

        None stands for a strategy that is not pointwise, or where only the utilities tell it.

        Parameters
        ----------
        view : View
            The round, narrowed to a block.
        lowest : float
            The utility to reach.
        """
        return None

    def log_utilities(self, view: View) -> Floats:
        """Give the logarithm of the quantity that the utilities measure, shape (n,).

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.

        Raises
        ------
        InputError
            If a utility is negative, and so has no logarithm.
        """
        u = self.compute_utilities(view)
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


def _check_utilities(strategy: Strategy, utilities: Any, view: View) -> Floats:
    """Return the utilities as float64, or raise an error that names the strategy."""
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


def _round_off(utilities: Floats) -> Floats:
    """Round to 41 binary digits, so that rows tie that differ by the order of a sum.

    Products of matrices round by where in a block a row stands. So equal rows get probabilities
    that differ in the last digits, and the block would break the tie in place of random numbers.
    """
    digits = utilities.view(np.int64) + (1 << 10)
    digits &= -(1 << 11)
    return digits.view(np.float64)


def positions(rows: Rows, wanted: Rows) -> Rows:
    """Find where the ids ``wanted`` stand in ``rows``; for use inside one function only."""
    order = np.argsort(rows, kind="stable")
    return order[np.searchsorted(rows, wanted, sorter=order)]


def ranks(utilities: Floats, ties: Floats) -> Rows:
    """Rank utilities from 0 for the highest; equal ones in the order of ``ties``."""
    out = np.empty(len(utilities), dtype=np.int64)
    out[np.lexsort((ties, -utilities))] = np.arange(len(utilities))
    return out


def no_model(view: View) -> str:
    """Say why there is no model yet."""
    if not len(view.labelled_rows):
        return "nothing is labelled yet"
    return f"only class {view.classes[view.labelled_codes[0]]} is labelled yet"


def positive_names(view: View) -> str:
    """Name the positive class or classes in a sentence."""
    return " or ".join(str(view.classes[c]) for c in view.minority)


def utilities_key(strategy: Strategy) -> Any:
    """Give the key under which a view remembers a strategy's utilities."""
    return ("utilities", memo_key(strategy))


def memo_key(strategy: Strategy) -> Any:
    """Give the key of a strategy's results: the strategy itself, if it is hashable."""
    try:
        hash(strategy)
    except TypeError:  # of a user's own, with a field that is not hashable
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
        """List the strategies among the fields."""
        values = [getattr(self, f.name) for f in fields(self)]
        listed = [value if isinstance(value, tuple) else (value,) for value in values]
        return tuple(one for value in listed for one in value if isinstance(one, Strategy))


@dataclass(frozen=True)
class _RowByRow(Combined):
    """Parts whose utilities are combined within each row: pointwise if all parts are."""

    @property
    def pointwise(self) -> bool:  # type: ignore[override]
        """Whether all parts are pointwise."""
        return all(part.pointwise for part in self._parts())


@dataclass(frozen=True)
class Product(_RowByRow):
    """The product of what the parts measure; the utilities are its logarithm.

    Parameters
    ----------
    parts : tuple of Strategy
        The factors.

    Examples
    --------
    >>> from motherlode.strategies import KDE, Entropy
    >>> print(Entropy() * KDE(region="dense") ** 0.5)
    Entropy * KDE(region='dense') ** 0.5
    """

    parts: tuple[Strategy, ...]
    logarithmic: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Add the logarithms of the parts."""
        return np.sum([part.log_utilities(view) for part in self.parts], axis=0)

    def __str__(self) -> str:
        return " * ".join(str(p) if isinstance(p, Power) else _bracket(p) for p in self.parts)


@dataclass(frozen=True)
class Power(_RowByRow):
    """A power of what a part measures; the utilities are its logarithm.

    Parameters
    ----------
    part : Strategy
        The base of the power.
    exponent : float
        The exponent.
    """

    part: Strategy
    exponent: float
    logarithmic: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Multiply the logarithm of the part by the exponent."""
        return self.exponent * self.part.log_utilities(view)

    def __str__(self) -> str:
        return f"{_bracket(self.part)} ** {self.exponent:g}"


@dataclass(frozen=True)
class Weighted(_RowByRow):
    """A part times a number, as in ``0.3 * LOF()``.

    Parameters
    ----------
    part : Strategy
        What is weighted.
    weight : float
        The number, 0 or more.
    """

    part: Strategy
    weight: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.weight) and self.weight >= 0):
            raise InputError(
                f"A weight is {self.weight}; give a finite number that is not negative."
            )

    @property
    def logarithmic(self) -> bool:  # type: ignore[override]
        """Whether the part gives logarithms."""
        return self.part.logarithmic

    def utilities(self, view: View) -> Floats:
        """Multiply the quantity of the part by the weight."""
        u = self.part.compute_utilities(view)
        return u + np.log(max(self.weight, 1e-300)) if self.logarithmic else u * self.weight

    def __str__(self) -> str:
        return f"{self.weight:g} * {_bracket(self.part)}"


@dataclass(frozen=True)
class Sum(_RowByRow):
    """The sum of what the parts measure, each on its own scale.

    If a part gives logarithms, the quantities are added and the utilities are the logarithm of
    the sum.

    Parameters
    ----------
    parts : tuple of Strategy
        The summands.
    """

    parts: tuple[Strategy, ...]

    @property
    def logarithmic(self) -> bool:  # type: ignore[override]
        """Whether a part gives logarithms."""
        return any(part.logarithmic for part in self.parts)

    def utilities(self, view: View) -> Floats:
        """Add the quantities of the parts."""
        if self.logarithmic:
            return np.asarray(logsumexp([p.log_utilities(view) for p in self.parts], axis=0))
        return np.sum([part.compute_utilities(view) for part in self.parts], axis=0)

    def __str__(self) -> str:
        return " + ".join(str(part) for part in self.parts)


def _bracket(part: Strategy) -> str:
    return f"({part})" if isinstance(part, Sum | Product | Weighted | Power) else str(part)
