"""What a person says of a file, and what was found in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


class _Every(frozenset[str]):
    """A set that holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY: frozenset[str] = _Every()
"""All columns, whatever their names are."""

CellKind = Literal["text", "number", "date", "boolean"]
"""What a person can say that the cells of a column are."""


@dataclass(frozen=True)
class Choices:
    """What a person says of a file that its content does not say.

    Parameters
    ----------
    texts : frozenset of str
        Columns that stay the text that the file holds, whatever it looks like: ids and labels.
    kinds : dict of str to {"text", "number", "date", "boolean"}
        What the cells of a column are; it overrules what they look like.
    missing : frozenset of str
        Further spellings of a missing value.
    encoding : str or None
        How the file's characters are encoded; None to find out.
    part : str or None
        Which part of the file: a sheet, a split, a table or query of a database; None for the
        first or only one.
    """

    texts: frozenset[str] = frozenset()
    kinds: Mapping[str, CellKind] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    encoding: str | None = None
    part: str | None = None


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Parameters
    ----------
    table : pyarrow.Table
        Its rows, with typed columns.
    notes : tuple of str
        One sentence for each thing that a reader had to decide: the encoding, the separator.
    reasons : dict of str to str
        By column: why it has its type, where cells could be read in another way.
    written : dict of str to pyarrow.ChunkedArray
        By column that was converted: its cells, as the file has them.
    """

    table: "pa.Table"
    notes: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    written: "Mapping[str, pa.ChunkedArray]" = field(default_factory=dict)


def check_names(path: "str | Path", names: Sequence[str]) -> None:
    """Raise an `InputError` if a file has two columns of one name, or none."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has two columns named {twice!r}; give each its own name.")
    if not names:
        raise InputError(f"{path} holds no rows.")
