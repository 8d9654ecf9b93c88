"""Tell whether a table holds texts, or rows of mixed columns."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import InputError
from ._columns import open_frame
from ._reference_columns import find_reference
from ._summary import Summary
from ._tabular import TabularEncoder

if TYPE_CHECKING:
    import pyarrow as pa


_BESIDE = "stands beside title and abstract, which models read; --features names others"


@dataclass(frozen=True)
class Kind:
    """What models read of a table: `columns`, of all the `readable` ones, which hold plain values.

    The readable columns that a model does not read are in `left_out`, each with the reason; what
    each of the others is read as, is in `kinds`. Several columns of a text are read one after the
    other.
    """

    name: Literal["text", "table"]
    columns: tuple[str, ...]
    readable: tuple[str, ...]
    left_out: dict[str, str]
    kinds: dict[str, str]


def kind_of(table: "pa.Table") -> Kind:
    """Tell texts, which are one column that can be read or titles with abstracts, from a table."""
    names = readable(table)
    if not names:
        column = table.schema.field(0)
        raise InputError(
            f"Column {column.name!r} holds {column.type} values, and no column that is left holds "
            "texts or numbers; give one that does."
        )
    if len(names) == 1:
        summary = Summary(names[0])
        summary.add(open_frame(table.select(list(names))).get_column(names[0]))
        if summary.reads_as_text():
            return Kind("text", names, names, {}, {names[0]: "text"})
    encoder = TabularEncoder().fit(table.select(list(names)))
    kinds, dropped = encoder.kinds_of_columns(), dict(encoder.dropped_)
    # Reviewers decide by these two, and what else a reference has, such as its volume and its
    # pages, costs more labels than it saves.
    if reference := find_reference([name for name, kind in kinds.items() if kind == "text"]):
        beside = {name: _BESIDE for name in kinds if name not in reference}
        return Kind("text", reference, names, dropped | beside, dict.fromkeys(reference, "text"))
    name: Literal["text", "table"] = "text" if [*kinds.values()] == ["text"] else "table"
    return Kind(name, tuple(kinds), names, dropped, kinds)


def readable(table: "pa.Table") -> tuple[str, ...]:
    """List the columns of plain values."""
    return tuple(field.name for field in table.schema if not _is_nested_or_bytes(field.type))


def _is_nested_or_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_nested(kind)) or is_bytes(kind)


def is_bytes(kind: "pa.DataType") -> bool:
    """Tell whether a column's values are bytes."""
    import pyarrow as pa

    fixed = pa.types.is_fixed_size_binary(kind)
    view = str(kind) == "binary_view"  # pyarrow 16 has no question for it
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or fixed or view)
