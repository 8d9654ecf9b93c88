"""What a query strategy is: a value that gives every candidate of a round a utility.

To write one, subclass `Strategy` as a frozen dataclass and define `utilities(view)`. The
operators ``*``, ``**`` and ``+``, and `Interleave` and `Mixture`, combine strategies into
strategies; see `motherlode.strategies.compose`.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from ..arrays import Floats, Rows
from ..errors import InputError
from ..measures import SMALLEST
from ..view import View


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
    """

    family: ClassVar[str] = "your own"
    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = ""
    logarithmic: ClassVar[bool] = False

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
            return [f"{self}: {no_model(view)}, exploring at random"] * len(rows)
        p, sought = view.minority_probability[place], _sought(view)
        return [f"{text}; p({sought}) = {q:.2g}" for text, q in zip(said, p, strict=True)]

    def _utilities(self, view: View) -> Floats:
        """`utilities`, checked, and computed once a round."""
        return view.once(
            ("utilities", _key(self)), lambda: checked(self, self.utilities(view), view)
        )

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
        from .compose import Product, Weighted

        if isinstance(other, int | float):
            return Weighted(self, float(other))
        return Product((self, other)) if isinstance(other, Strategy) else NotImplemented

    __rmul__ = __mul__

    def __pow__(self, exponent: float) -> "Strategy":
        from .compose import Power

        return Power(self, float(exponent))

    def __add__(self, other: Any) -> "Strategy":
        from .compose import Sum

        return Sum((self, other)) if isinstance(other, Strategy) else NotImplemented

    def __sklearn_clone__(self) -> "Strategy":
        return self  # a value: nothing of it is ever fitted or changed

    def __str__(self) -> str:
        changed = [
            f"{f.name}={getattr(self, f.name)!r}"
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
    if not np.isfinite(u).all():
        row = int(view.rows[np.flatnonzero(~np.isfinite(u))[0]])
        raise InputError(
            f"{strategy}.utilities gave {u[~np.isfinite(u)][0]} (first for row {row}); every "
            "candidate needs a finite number."
        )
    return u


def positions(rows: Rows, wanted: Rows) -> Rows:
    """Where the ids ``wanted`` stand in ``rows``; for use inside one function, never handed on."""
    order = np.argsort(rows, kind="stable")
    return order[np.searchsorted(rows, wanted, sorter=order)]


def ranks(utilities: Floats, rng: np.random.Generator) -> Rows:
    """The place of each utility, 0 for the highest, ties in random order."""
    order = np.lexsort((rng.random(len(utilities)), -utilities))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = np.arange(len(order))
    return out


def snake_case(name: str) -> str:
    """``MostLikely`` as ``most_likely``, ``KDE`` as ``kde``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def no_model(view: View) -> str:
    """Why there is no model yet, in words."""
    if not len(view.labelled_rows):
        return "nothing is labelled yet"
    only = view.classes[view.labelled_codes[0]]
    return f"only class {only} is labelled yet"


def _sought(view: View) -> str:
    return " or ".join(str(view.classes[c]) for c in view.minority)


def _key(strategy: Strategy) -> Any:
    try:
        hash(strategy)
    except TypeError:  # a field of somebody's own that is no value
        return id(strategy)
    return strategy
