"""Containers whose copies share what neither of them has changed, so that copying is fast.

Both keep their content in parts. A copy shares the parts, and a part is replaced before it is
changed. So readers get a state after each answer while the writer goes on.
"""

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

K = TypeVar("K")
V = TypeVar("V")

_PARTS = 1_024
_PAGE = 1_024


class Map(MutableMapping[K, V]):
    """A dictionary that keeps no order.

    Examples
    --------
    >>> first = Map()
    >>> first["a"] = 1
    >>> second = first.copy()
    >>> second["a"] = 2
    >>> first["a"], second["a"]
    (1, 2)
    """

    def __init__(self) -> None:
        self._parts: list[dict[K, V]] = [{}] * _PARTS
        self._own: set[int] = set()
        self._size = 0

    def copy(self) -> "Map[K, V]":
        """Copy the map; neither then changes what the other holds."""
        made: Map[K, V] = Map.__new__(Map)
        made._parts, made._size = self._parts.copy(), self._size
        self._own, made._own = set(), set()
        return made

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of a key, or `default`."""
        return self._parts[hash(key) % _PARTS].get(key, default)

    def __getitem__(self, key: K) -> V:
        return self._parts[hash(key) % _PARTS][key]

    def __contains__(self, key: object) -> bool:
        return key in self._parts[hash(key) % _PARTS]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        for part in self._parts:
            yield from part

    def __setitem__(self, key: K, value: V) -> None:
        part = self._part(key)
        self._size += key not in part
        part[key] = value

    def __delitem__(self, key: K) -> None:
        del self._part(key)[key]
        self._size -= 1

    def _part(self, key: K) -> dict[K, V]:
        """Return the part of a key, to be changed."""
        place = hash(key) % _PARTS
        if place not in self._own:
            self._parts[place] = self._parts[place].copy()
            self._own.add(place)
        return self._parts[place]


class Table:
    """Records in numbered places; a place without a record holds zeros."""

    def __init__(self, dtype: list[tuple[str, str]]) -> None:
        self._dtype = np.dtype(dtype)
        self._pages: list[NDArray[np.void]] = []
        self._own: set[int] = set()

    def copy(self) -> "Table":
        """Copy the table; neither then changes what the other holds."""
        made = Table.__new__(Table)
        made._dtype, made._pages = self._dtype, self._pages.copy()
        self._own, made._own = set(), set()
        return made

    def __setitem__(self, place: int, record: tuple[Any, ...]) -> None:
        page, line = divmod(place, _PAGE)
        while page >= len(self._pages):
            self._own.add(len(self._pages))
            self._pages.append(np.zeros(_PAGE, self._dtype))
        if page not in self._own:
            self._pages[page] = self._pages[page].copy()
            self._own.add(page)
        self._pages[page][line] = record

    def to_array(self) -> NDArray[np.void]:
        """Return all records, in the order of their places, and some zeros after them."""
        return np.concatenate([np.zeros(0, self._dtype), *self._pages])
