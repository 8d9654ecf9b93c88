"""The labels so far: declared classes, rows in the order taught, and the named positive class."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ..session import Origin
from .containers import is_shuffled, list_values

if TYPE_CHECKING:
    from ..estimation import Opinion, Settlement

ENOUGH_LABELS = 20
_MOST_SAID = 20  # classes in a message

NOBODY = ""
"""The annotator of labels without a name."""


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
        given = f"one class, {listed[0]}" if listed else "no class"
        raise InputError(
            f"There is {given}; declare at least two, also those that have no row yet."
        )
    kinds = {str if isinstance(c, str) else bool if isinstance(c, bool) else float for c in listed}
    if len(kinds) > 1 or not all(isinstance(c, str | bool | int | float) for c in listed):
        raise InputError(
            f"The classes {listed} are not of one type; use texts, numbers or True and False."
        )
    once = list(dict.fromkeys(listed))
    if len(listed) > max(_MOST_SAID, len(once)):
        raise InputError(
            f"classes holds {len(listed):,} values, {len(once):,} of them different, as labels of "
            "rows do; name each class once."
        )
    for i, c in enumerate(listed):
        if c in listed[:i]:
            raise InputError(f"Class {c!r} is declared twice in {listed}; name each class once.")
        if isinstance(c, float) and not c.is_integer():
            raise InputError(f"Class {c!r} is no whole number, which classifiers want; name it.")
    return np.asarray(listed)


class Labels:
    """The labels of rows, in the order taught.

    ``classes`` are from `declared_classes`, and ``n`` is the number of rows in the pool. Each label
    is an annotator's opinion. Where annotators label the same rows, the label of a row is what
    these opinions are settled to.
    """

    def __init__(self, classes: np.ndarray[Any, Any], n: int) -> None:
        self.classes, self.n = classes, n
        self._code = {label: code for code, label in enumerate(classes.tolist())}
        self._codes: dict[int, int] = {}  # the first opinion of each row, or its settled class
        self._origins: dict[int, Origin] = {}
        self._changes: dict[int, int] = {}
        # Of rows that somebody with a name has labelled: labels by annotator.
        self._named: dict[int, dict[str, int]] = {}
        self._settled: dict[int, int] = {}
        self._weights: dict[int, float] = {}
        self._are_shared = False
        self._settlement: Settlement | None = None

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def rows(self) -> Rows:
        """Global ids in the order taught."""
        return np.fromiter(self._codes, dtype=np.int64, count=len(self._codes))

    @property
    def codes(self) -> Codes:
        """Labels as positions in the classes, in the order taught."""
        if self.are_shared:
            return self.settlement.codes[self._places]
        return self.first_codes

    def __contains__(self, row: int) -> bool:
        return row in self._codes

    @property
    def changes(self) -> Codes:
        """How often each row was given a label or another one, in the order taught."""
        return np.array([self._changes[row] for row in self._codes], dtype=np.int64)

    @property
    def weights(self) -> Floats | None:
        """How far each label is to be trusted, in the order taught; None where all are alike."""
        if self.are_shared:
            return self.settlement.trust[self._places]
        if self._weights:
            return np.array([self._weights.get(row, 1.0) for row in self._codes])
        return None

    @property
    def are_shared(self) -> bool:
        """Whether some row has labels of two annotators, or was settled."""
        return self._are_shared

    @property
    def opinions(self) -> "list[Opinion]":
        """What each annotator said of each row, in the order of the rows taught."""
        from ..estimation import Opinion  # slow to load; projects' settings need it not

        return [
            Opinion(row, who, said)
            for row, code in self._codes.items()
            for who, said in self._of(row, code).items()
        ]

    @property
    def settlement(self) -> "Settlement":
        """What the opinions say together."""
        from ..estimation import settle_opinions

        if self._settlement is None:
            self._settlement = settle_opinions(self.opinions, len(self.classes), self._settled)
        return self._settlement

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
        annotator: str | Sequence[str] | None = None,
    ) -> int:
        """Record all of some labels, or none of them if anything is wrong.

        An annotator gives a row another label than they gave it only to ``correct`` it, and the
        origin of a row that is labelled already stays. To correct a row in nobody's name settles
        it, if somebody with a name has labelled it. A row whose label is None or NaN is left as it
        is. Rows may be a set if all get one label. Returned is how many opinions are new or
        changed.

        Raises
        ------
        InputError
            For an id outside the pool, a label that is not declared, or a row with two labels of
            one annotator.
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
        given: dict[tuple[int, str], int] = {}
        for row, code, who in zip(ids, codes, _names(annotator, rows, len(ids)), strict=True):
            if code is None:
                continue
            before = given.get((row, who), None if correct else self._said(row, who))
            if before is not None and before != code:
                raise InputError(self._explain_conflict(row, who, before, code))
            given[row, who] = code
        if self._will_share(given):
            from ..estimation._annotators import check_extra

            check_extra()
        return self._put(given, origins or {}, correct)

    def weigh(self, weights: Mapping[int, float]) -> None:
        """Say how far the labels of rows are to be trusted, where others have settled them."""
        self._weights = dict(weights)

    @property
    def _places(self) -> Rows:
        return np.searchsorted(self.settlement.rows, self.rows).astype(np.int64)

    def _of(self, row: int, code: int) -> dict[str, int]:
        """Give the labels of a labelled row by annotator; without a name, its one label."""
        return self._named.get(row, {NOBODY: code})

    def _said(self, row: int, who: str) -> int | None:
        code = self._codes.get(row)
        return None if code is None else self._of(row, code).get(who)

    def _will_share(self, given: Mapping[tuple[int, str], int]) -> bool:
        seen: set[int] = set()
        for row, who in given:
            code = self._codes.get(row)
            if row in seen or (code is not None and set(self._of(row, code)) != {who}):
                return True
            seen.add(row)
        return False

    def _put(
        self, given: Mapping[tuple[int, str], int], origins: Mapping[int, Origin], correct: bool
    ) -> int:
        changed = 0
        for (row, who), code in given.items():
            self._origins.setdefault(row, origins.get(row, Origin()))
            if correct and who == NOBODY and row in self._named:
                changed += self._count_change(row, self._settled.get(row) != code)
                self._settled[row], self._are_shared = code, True
                continue
            changed += self._count_change(row, self._said(row, who) != code)
            if who != NOBODY or row in self._named:
                said = dict(self._of(row, self._codes[row])) if row in self._codes else {}
                self._named[row] = {**said, who: code}
                self._are_shared |= len(self._named[row]) > 1
            self._codes[row] = next(iter(self._named.get(row, {NOBODY: code}).values()))
        if changed:
            self._settlement = None
        return changed

    def _count_change(self, row: int, is_one: bool) -> bool:
        self._changes[row] = self._changes.get(row, 0) + is_one
        return is_one

    def _explain_conflict(self, row: int, who: str, before: int, code: int) -> str:
        was, now = self.classes[before].item(), self.classes[code].item()
        by = f" by {who}" if who else ""
        return (
            f"Row {row} is labelled {was!r}{by} and now {now!r}; nothing of this call was "
            "recorded. If the first label was wrong, use correct(rows, labels"
            + (f", annotator={who!r})." if who else ").")
        )

    def remove(self, rows: Iterable[int]) -> None:
        """Take labels back, as if they had never been; the origins of later ones count them out."""
        places = {row: place for place, row in enumerate(self._codes)}
        gone = np.sort([places[row] for row in rows])
        for row in rows:
            del self._codes[row], self._origins[row], self._changes[row]
            self._named.pop(row, None)
            self._settled.pop(row, None)
        self._origins = {row: count_out(origin, gone) for row, origin in self._origins.items()}
        self._notice_shared()

    @property
    def first_codes(self) -> Codes:
        """The first label of each row, whatever others made of it, in the order taught."""
        return np.fromiter(self._codes.values(), dtype=np.int64, count=len(self._codes))

    @property
    def settled(self) -> dict[int, int]:
        """The labels that were given in nobody's name to rows that somebody had labelled."""
        return dict(self._settled)

    @property
    def named(self) -> dict[int, dict[str, int]]:
        """Labels by annotator, of the rows that somebody with a name has labelled."""
        return {row: dict(said) for row, said in self._named.items()}

    def restore(
        self,
        rows: Rows,
        codes: Codes,
        changes: Codes,
        origins: Iterable[Origin],
        named: Mapping[int, dict[str, int]],
        settled: Mapping[int, int],
    ) -> None:
        """Take up labels as they were, ``codes`` the first of each row, where none is known yet."""
        ids = rows.tolist()
        self._codes = dict(zip(ids, codes.tolist(), strict=True))
        self._changes = dict(zip(ids, changes.tolist(), strict=True))
        self._origins = dict(zip(ids, origins, strict=True))
        self._named, self._settled = dict(named), dict(settled)
        self._notice_shared()

    def _notice_shared(self) -> None:
        several = any(len(said) > 1 for said in self._named.values())
        self._are_shared, self._settlement = several or bool(self._settled), None

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


def _names(annotator: Any, rows: ArrayLike, n: int) -> list[str]:
    """List the annotator of each label; `NOBODY` where none is named."""
    if annotator is None:
        return [NOBODY] * n
    if isinstance(annotator, str):
        listed: list[Any] = [annotator] * n
    elif isinstance(rows, Set):
        raise InputError("The rows are a set, which has no order; give a list, or one annotator.")
    else:
        listed = list_values(annotator, "annotators")
    if len(listed) != n:
        raise InputError(f"There are {n} labels and {len(listed)} annotators; give one a label.")
    for who in listed:
        if not isinstance(who, str) or not who.strip():
            raise InputError(f"An annotator is {who!r}; give a name, as text.")
    return listed


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
