"""Labels in files: compare what a cell says with the classes that were declared, as text."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .spellings import BLANKS

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def list_names(names: Iterable[str]) -> str:
    """List names in a message, each once; a name that holds a comma or nothing is quoted.

    Examples
    --------
    >>> print(list_names(["dry", "a, b", "dry"]))
    dry, 'a, b'
    """
    once = dict.fromkeys(map(str, names))
    return ", ".join(repr(name) if "," in name or not name.strip() else name for name in once)


class Names:
    """Names that are known, found by how they are written.

    A text is the name of exactly that text. Else it is the one name that differs from it in upper
    and lower case, or in how a number is written: TRUE is true, and 01, 1.0 and +1 are 1. If two
    names differ in that alone, only the exact text counts.

    Parameters
    ----------
    known : collection of str
        All names.
    """

    def __init__(self, known: Collection[str]) -> None:
        self._known = known if isinstance(known, Mapping | Set) else dict.fromkeys(known)

    def match(self, text: str) -> str | None:
        """Find the name of a text; None if there is none."""
        return text if text in self._known else self._spelled.get(_spell(text))

    @cached_property
    def _spelled(self) -> dict[str, str]:
        spelled: dict[str, list[str]] = {}
        for name in self._known:
            spelled.setdefault(_spell(name), []).append(name)
        return {key: found[0] for key, found in spelled.items() if len(found) == 1}


class ClassNames:
    """The declared classes, found by how they are written; see `Names`.

    Parameters
    ----------
    classes : sequence of str
        All classes.
    missing : collection of str
        Codes for a missing label, beside those that programs write (NA, null, nan).
    earlier : sequence of str
        Names that classes had before; a cell may hold one of these too.

    Examples
    --------
    >>> names = ClassNames(["-1", "+1"])
    >>> names.find("1.0"), names.find("-1"), names.find("NA")
    ('+1', '-1', None)
    """

    def __init__(
        self,
        classes: Sequence[str],
        missing: Collection[str] = (),
        earlier: Sequence[str] = (),
    ) -> None:
        self._classes, self._names = list(classes), Names([*classes, *earlier])
        self._gaps = {*BLANKS, *(code.strip().lower() for code in missing)}

    def find(self, label: Any) -> str | None:
        """Find the class of a cell; None if it holds no label.

        An `InputError` names the nearest class if it is none.
        """
        found, is_label = self._look(label)
        if found is None and is_label:
            close = get_close_matches(str(label), self._classes, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "declare it too, or clear its cells."
            shown = list_names(self._classes[:20]) + (", …" if len(self._classes) > 20 else "")
            raise InputError(
                f"Label {str(label)!r} is not among the classes, which are: {shown}; {hint}"
            )
        return found

    def has(self, label: Any) -> bool:
        """Tell whether a cell is a class."""
        return self._look(label)[0] is not None

    def are_all_in(self, column: "pa.ChunkedArray") -> bool:
        """Tell whether a column holds classes and gaps alone, and at least one class."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = column.type
        if any(
            is_odd(kind)
            for is_odd in (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary)
        ):
            return False
        for part in (column.slice(0, 1_000), column):
            found = [self._look(value) for value in pc.unique(part).to_pylist()]
            if any(name is None and is_label for name, is_label in found):
                return False
        return any(name is not None for name, _ in found)

    def _look(self, label: Any) -> tuple[str | None, bool]:
        """Find the class of a cell, and tell whether the cell holds a label."""
        if label is None or label != label:
            return None, False
        found = self._names.match(str(label))
        return found, found is not None or str(label).strip().lower() not in self._gaps


def _spell(text: str) -> str:
    """Write a name in the one form that its spellings share."""
    text = text.strip().replace("\u2212", "-")
    if _NUMBER.fullmatch(text):
        return f"{Decimal(text).normalize() + 0:f}"  # adding 0 makes 0 of -0
    return text.casefold()
