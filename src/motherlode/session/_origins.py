"""How rows came to be labelled, one by one or as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

CONTROL = "control"
"""The channel of rows drawn at random from everything unlabelled."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How one row came to be labelled.

    Code that keeps, sends or writes origins reads the fields of this class, so a new field is
    added here only.

    Attributes
    ----------
    channel : str
        "query" for a row that the strategy asked for, "control" for a control draw, "given",
        "search", "evaluation" or any other word for rows that somebody brought.
    strategy : str
        The name of the strategy that asked.
    probability : float
        Of drawing the row, given the rows drawn before it; 0 if it is no random draw.
    drawn_from : int
        Rows that the draw was from, all that were unlabelled; 0 if it is no random draw.
    asked_after : int
        Labels known when the row was asked for, or when it was brought.
    arm : str
        The part of the strategy that asked, where several take turns.
    """

    channel: str = "given"
    strategy: str = ""
    probability: float = 0.0
    drawn_from: int = 0
    asked_after: int = 0
    arm: str = ""


_KINDS = get_type_hints(Origin)
_WORDS = frozenset(name for name, kind in _KINDS.items() if kind is str)


@dataclass(frozen=True, eq=False)
class Origins(Sequence[Origin]):
    """Many origins, as columns.

    Parameters
    ----------
    columns : dict of str to ndarray of shape (m,)
        All fields of `Origin`, by name; a column of words holds places in `words`.
    words : tuple of str
        All words in use.
    """

    columns: Mapping[str, NDArray[Any]]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.columns["channel"])

    @overload
    def __getitem__(self, place: int) -> Origin: ...
    @overload
    def __getitem__(self, place: slice) -> Origins: ...
    def __getitem__(self, place: int | slice) -> Origin | Origins:
        found: dict[str, Any] = {name: column[place] for name, column in self.columns.items()}
        if isinstance(place, slice):
            return Origins(found, self.words)
        for name, value in found.items():
            found[name] = self.words[value] if name in _WORDS else value.item()
        return Origin(**found)


def by_column(origins: Sequence[Origin]) -> Origins:
    """Put origins into columns.

    Parameters
    ----------
    origins : sequence of Origin
        One for each label.
    """
    if isinstance(origins, Origins):
        return origins
    words: dict[str, int] = {}
    columns: dict[str, NDArray[Any]] = {}
    rows = map(attrgetter(*_KINDS), origins)
    listed = list(zip(*rows, strict=True)) or [()] * len(_KINDS)
    for (name, kind), values in zip(_KINDS.items(), listed, strict=True):
        numbers = [words.setdefault(v, len(words)) for v in values] if name in _WORDS else values
        columns[name] = np.array(numbers, dtype=np.float64 if kind is float else np.int64)
    return Origins(columns, tuple(words))
