"""What every prior is: a value that scores rows of a pool, the likelier the higher."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from .._rows.arrays import Floats, Rows
from ..pool import Pool


@dataclass(frozen=True)
class Prior(ABC):
    """Something that a person states about which rows are positive, before any label.

    To write one, subclass it as a frozen dataclass and define `score` and `describe`.

    Attributes
    ----------
    lazy : bool
        Whether a score costs so much that only rows which come into question are scored. Others
        are scored once, the whole pool.
    """

    lazy: ClassVar[bool] = False

    @abstractmethod
    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Score rows of a pool.

        Parameters
        ----------
        pool : Pool
            All rows.
        rows : ndarray of int64 of shape (m,)
            Global ids. A row gets the same score whichever others are asked for.

        Returns
        -------
        ndarray of shape (m,)
            Higher is likelier, on any scale: only the order counts. NaN where nothing is known.

        Raises
        ------
        InputError
            If this prior cannot speak of such a pool; the sentence says what could.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words what was stated, as in ``the sentence "hip fracture"``."""

    def check(self, pool: Pool) -> None:  # noqa: B027 -- most speak of any pool
        """Raise an `InputError` if this prior cannot speak of a pool, before anything is scored.

        Parameters
        ----------
        pool : Pool
            All rows.
        """
