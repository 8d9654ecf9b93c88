"""The labels so far: declared classes, rows in the order taught, and the named positive class."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Codes, Rows
from ..errors import InputError
from ..session import Origin
from .containers import is_shuffled, list_values

ENOUGH_LABELS = 20


def declared_classes(classes: Iterable[Any]) -> np.ndarray[Any, Any]:
    """Check declared classes, and return them as an array in their order.

    Raises
    ------
    InputError
        If there are fewer than two, one is given twice, or they are of different types.
    """
    if isinstance(classes, str | Set) or not isinstance(classes, Iterable):
        raise InputError(
            f"classes is {classes!r}; give a list of at least two classes, whose order is kept."
        )
    listed = [c.item() if isinstance(c, np.generic) else c for c in classes]
    if len(listed) < 2:
        raise InputError(
            f"classes is {listed}; declare at least two, also those that have no row yet."
        )
    kinds = {str if isinstance(c, str) else bool if isinstance(c, bool) else float for c in listed}
    if len(kinds) > 1 or not all(isinstance(c, str | bool | int | float) for c in listed):
        raise InputError(
            f"The classes {listed} are not of one type; use texts, numbers or True and False."
        )
    for i, c in enumerate(listed):
        if c in listed[:i]:
            raise InputError(f"Class {c!r} is declared twice in {listed}; name each class once.")
        if isinstance(c, float) and not c.is_integer():
            raise InputError(f"Class {c!r} is no whole number, which classifiers want; name it.")
    return np.asarray(listed)


class Labels:
    """The labels of rows, in the order taught.

    ``classes`` are from `declared_classes`, and ``n`` is the number of rows in the pool.
    """

    def __init__(self, classes: np.ndarray[Any, Any], n: int) -> None:
        self.classes, self.n = classes, n
        self._code = {label: code for code, label in enumerate(classes.tolist())}
        self._codes: dict[int, int] = {}
        self._origins: dict[int, Origin] = {}
        self._changes: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def rows(self) -> Rows:
        """Global ids in the order taught."""
        return np.fromiter(self._codes, dtype=np.int64, count=len(self._codes))

    @property
    def codes(self) -> Codes:
        """Labels as positions in the classes, in the order taught."""
        return np.fromiter(self._codes.values(), dtype=np.int64, count=len(self._codes))

    def __contains__(self, row: int) -> bool:
        return row in self._codes

    @property
    def changes(self) -> Codes:
        """How often each row was given a label or another one, in the order taught."""
        return np.array([self._changes[row] for row in self._codes], dtype=np.int64)

    @property
    def origins(self) -> list[Origin]:
        """How each label came about, in the order taught."""
        return [self._origins.get(row, Origin()) for row in self._codes]

    def counts(self) -> Codes:
        """Count the labelled rows of each class."""
        return np.bincount(self.codes, minlength=len(self.classes))

    def add(
        self,
        rows: Any,
        labels: ArrayLike,
        *,
        correct: bool = False,
        origins: Mapping[int, Origin] | None = None,
    ) -> int:
        """Record all of some labels, or none of them if anything is wrong.

        A row gets another label than it has only to ``correct`` it, and the origin of a row that is
        labelled already stays. A row whose label is None or NaN is left as it is. Rows may be a set
        if all get one label. Returned is how many rows are new or changed.

        Raises
        ------
        InputError
            For an id outside the pool, a label that is not declared, or a row with two labels.
        """
        if isinstance(labels, Set):
            raise InputError("The labels are a set, which has no order; give a list.")
        ids, codes = self.row_ids(rows), self._encode(labels)
        if len(ids) != len(codes):
            raise InputError(
                f"There are {len(ids)} rows and {len(codes)} labels; give one label a row."
            )
        if isinstance(rows, Set) and len(set(codes)) > 1:
            raise InputError(
                "The rows are a set, which has no order, so nothing tells which label is whose; "
                "give a list of rows."
            )
        if is_shuffled(labels, ids):
            raise InputError(
                "The labels' index holds the rows in another order than they are given; give "
                "labels.loc[rows], or labels.to_list() if their order is right."
            )
        given: dict[int, int] = {}
        for row, code in zip(ids, codes, strict=True):
            if code is None:
                continue
            before = given.get(row, None if correct else self._codes.get(row))
            if before is not None and before != code:
                was, now = self.classes[before].item(), self.classes[code].item()
                raise InputError(
                    f"Row {row} is labelled {was!r} and now {now!r}; nothing of this call was "
                    "recorded. If the first label was wrong, use correct(rows, labels)."
                )
            given[row] = code
        changed = [row for row, code in given.items() if self._codes.get(row) != code]
        self._codes.update(given)
        for row in changed:
            self._changes[row] = self._changes.get(row, 0) + 1
        for row in given:
            self._origins.setdefault(row, (origins or {}).get(row, Origin()))
        return len(changed)

    def remove(self, rows: Iterable[int]) -> None:
        """Take labels back, as if they had never been; the origins of later ones count them out."""
        places = {row: place for place, row in enumerate(self._codes)}
        gone = np.sort([places[row] for row in rows])
        for row in rows:
            del self._codes[row], self._origins[row], self._changes[row]
        self._origins = {row: count_out(origin, gone) for row, origin in self._origins.items()}

    def restore(self, rows: Rows, codes: Codes, changes: Codes, origins: Iterable[Origin]) -> None:
        """Take up labels as they were: nothing is labelled before."""
        ids = rows.tolist()
        self._codes = dict(zip(ids, codes.tolist(), strict=True))
        self._changes = dict(zip(ids, changes.tolist(), strict=True))
        self._origins = dict(zip(ids, origins, strict=True))

    def row_ids(self, rows: Any) -> list[int]:
        """Check that ids are in the pool, and return them as ints; those of a set in order."""
        listed = list_values(rows, "rows")
        odd = [row for row in listed if not isinstance(row, int) or isinstance(row, bool)]
        if odd:
            raise InputError(
                f"The rows hold {odd[0]!r} of type {type(odd[0]).__name__}; give a list of row "
                f"ids, which are whole numbers from 0 to {self.n - 1}."
            )
        outside = next((row for row in listed if not 0 <= row < self.n), None)
        if outside is not None:
            raise InputError(f"Row {outside} is not in the pool, whose rows are 0 to {self.n - 1}.")
        return sorted(listed) if isinstance(rows, Set) else listed

    def code(self, label: Any) -> int:
        """Find the place of a label among the classes."""
        code = self._encode([label])[0]
        if code is None:
            raise InputError(f"No class is named {label!r}; name one of {self.classes.tolist()}.")
        return code

    def _encode(self, labels: Any) -> list[int | None]:
        codes: list[int | None] = []
        for position, label in enumerate(list_values(labels, "labels")):
            try:
                codes.append(None if label is None else self._code[label])
            except (KeyError, TypeError):
                raise InputError(
                    f"Label {label!r} (number {position + 1} of those given) is not among the "
                    f"declared classes {self.classes.tolist()}."
                ) from None
        return codes


def count_out(origin: Origin, gone: Rows) -> Origin:
    """Correct how many labels were known to a query, by the sorted places of labels taken back."""
    fewer = int(np.searchsorted(gone, origin.asked_after))
    return replace(origin, asked_after=origin.asked_after - fewer) if fewer else origin


def minority_codes(classes: np.ndarray[Any, Any], declared: Any) -> tuple[int, ...]:
    """Find the positions of the positive class or classes that the user named.

    Raises
    ------
    InputError
        If one is no class, or all classes are positive.
    """
    k = len(classes)
    listed = declared if isinstance(declared, list | tuple | set | np.ndarray) else [declared]
    known = classes.tolist()
    plain = [c.item() if isinstance(c, np.generic) else c for c in listed]
    for c in plain:
        if c not in known:
            raise InputError(f"minority names {c!r}, which is not among the classes {known}.")
    if not 0 < len(set(plain)) < k:
        raise InputError(f"minority is {plain}; name at least one class and not all of {known}.")
    return tuple(sorted({known.index(c) for c in plain}))
