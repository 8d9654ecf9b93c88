"""Name columns that give the label away."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from ..pool._leaks import find_leaks
from ._screen import say

if TYPE_CHECKING:
    import pyarrow as pa


def say_leaks(
    console: Console, table: "pa.Table", columns: Sequence[str], labels: Mapping[int, str]
) -> None:
    """Say which columns that models read give the labels away."""
    found = find_leaks(table.select(list(columns)), list(labels), list(labels.values()))
    for name, how in found.items():
        say(
            console,
            f"Leak: column {name!r} {how} in the {len(labels):,} labelled rows; if it is not known "
            "before a row is labelled, make the project without it.",
        )
