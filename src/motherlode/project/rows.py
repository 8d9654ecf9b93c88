"""The rows of a project: a copy of the data that never changes, read row by row or as a pool.

The copy is an uncompressed Arrow file, mapped into memory: opening it reads nothing, and a row
costs the same wherever it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..pool import Pool
from ..pool.columns import open_frame, read_column, reads_as_text
from ..pool.files import column
from ..pool.tabular import TabularEncoder
from .images import image_bytes, image_digest, image_features

FILE = "rows.arrow"
IMAGES = "images.npz"
_CHUNK = 10_000
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Plan:
    """Which columns are what.

    Attributes
    ----------
    kind : {"text", "image", "table", "vectors"}
    columns, shown : tuple of str
        What models read, and what annotators see.
    id : str or None
    left_out : dict of str to str
        Columns that a model cannot use, each with the reason.
    """

    kind: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    id: str | None
    left_out: dict[str, str]


def plan(
    table: pa.Table,
    *,
    text: str | None = None,
    image: str | None = None,
    features: Sequence[str] = (),
    id: str | None = None,
) -> Plan:
    """Decide what rows are; columns that nobody named are looked at.

    Raises
    ------
    InputError
        If a column is missing or does not hold what it is named for.
    """
    if sum([bool(text), bool(image)]) > 1:
        raise InputError("Both a text and an image column are named; name one of them.")
    if id is not None:
        _check_ids(table, id)
    others = tuple(name for name in table.column_names if name != id)
    if not others:
        raise InputError(f"The data have no column beside the id column {id!r}.")
    if features:
        main = tuple(name for name in (text, image) if name)
        return _planned_features(table, tuple(features), main or _readable(table, others), id)
    if text is not None:
        _check_type(column(table, text), text, "text", pa.types.is_string)
        return Plan("text", (text,), (text, *_rest(table, others, text)), id, {})
    if image is not None:
        _check_type(column(table, image), image, "image paths or bytes", _is_image)
        return Plan("image", (image,), (image, *_rest(table, others, image)), id, {})
    return _looked_at(table.select(others), id)


def write(table: pa.Table, path: Path) -> str:
    """Write the copy, and return its digest."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=_CHUNK)
    return digest(path)


def digest(path: Path) -> str:
    """The digest of a file's content."""
    found = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def write_images(table: pa.Table, image: str, root: Path, path: Path) -> None:
    """Look at every image once: write its features and its digest."""
    features, digests = [], []
    for row, value in enumerate(table.column(image)):
        try:
            content = image_bytes(value.as_py(), root)
            features.append(image_features(content))
        except InputError as problem:
            raise InputError(f"Row {row} (counted from 0), column {image!r}: {problem}") from None
        digests.append(image_digest(content))
    np.savez(path, features=np.stack(features), digests=np.array(digests))


class RowData:
    """The copy of the data in a project's folder.

    Parameters
    ----------
    folder : Path
    plan : Plan or Settings
        Which columns are what.
    image_root : Path or None
    """

    def __init__(self, folder: Path, plan: Any, image_root: Path | None) -> None:
        self.folder, self.plan, self.image_root = folder, plan, image_root

    @cached_property
    def table(self) -> pa.Table:
        """All columns, mapped into memory."""
        path = self.folder / FILE
        try:
            with pa.memory_map(str(path)) as file:
                return pa.ipc.open_file(file).read_all()
        except (OSError, pa.ArrowInvalid):
            raise InputError(
                f"{path} is missing or copied in part; copy the project's folder again."
            ) from None

    def check(self, expected: str) -> None:
        """See that the data are those that the project was made with."""
        self.table  # noqa: B018 - says so if the file cannot be read at all
        if digest(self.folder / FILE) != expected:
            raise InputError(
                f"{self.folder / FILE} has changed since the project was made, so its labels no "
                "longer fit its rows; put the old file back or make a new project."
            )

    def content(self, row: int) -> dict[str, Any]:
        """The columns that annotators see of a row, as JSON values; an image as its path."""
        values = self.table.select(list(self.plan.shown)).slice(row, 1).to_pylist()[0]
        return {name: plain(value) for name, value in values.items()}

    def name(self, row: int) -> Any:
        """What the id column calls a row, or its number."""
        if self.plan.id is None:
            return row
        return plain(self.table.column(self.plan.id)[row].as_py())

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row numbers by what the id column calls them, as text."""
        names = range(len(self.table)) if self.plan.id is None else self._ids()
        return {str(name): row for row, name in enumerate(names)}

    def image(self, row: int) -> bytes:
        """The image of a row, as it was when the project was made."""
        if self.plan.kind != "image":
            raise InputError("The rows of this project are no images.")
        value = self.table.column(self.plan.columns[0])[row].as_py()
        content = image_bytes(value, self.image_root or self.folder)
        if image_digest(content) != str(self._images["digests"][row]):
            raise InputError(
                f"The image of row {row} has changed since the project was made; put it back."
            )
        return content

    def pool(self) -> Pool:
        """What models and strategies read."""
        kind, columns = self.plan.kind, list(self.plan.columns)
        if kind == "image":
            return Pool(self._images["features"])
        if kind == "text":
            return Pool(["" if v is None else v for v in self.table.column(columns[0]).to_pylist()])
        if kind == "vectors":
            return Pool(np.hstack([_vectors(self.table.column(name), name) for name in columns]))
        return Pool(self.table.select(columns))

    @cached_property
    def _images(self) -> dict[str, Any]:
        try:
            with np.load(self.folder / IMAGES) as found:
                return dict(found)
        except (OSError, ValueError):
            raise InputError(
                f"{self.folder / IMAGES} is missing or damaged; copy the project's folder again."
            ) from None

    def _ids(self) -> list[Any]:
        return [plain(value) for value in self.table.column(self.plan.id).to_pylist()]


def plain(value: Any) -> Any:
    """A value of a cell as JSON has it; bytes and nested values become words about them."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, list):
        return f"{len(value):,} numbers"
    return str(value)


def _planned_features(
    table: pa.Table, features: tuple[str, ...], shown: tuple[str, ...], id: str | None
) -> Plan:
    nested = [pa.types.is_nested(column(table, name).type) for name in features]
    if all(nested):
        for name in features:
            _vectors(table.column(name), name)
        return Plan("vectors", features, shown, id, {})
    if any(nested):
        raise InputError("The features mix vectors with other columns; name one kind.")
    encoder = TabularEncoder().fit(table.select(list(features)))
    used = tuple(encoder.feature_names_in_.tolist())
    return Plan("table", used, shown, id, dict(encoder.dropped_))


def _looked_at(table: pa.Table, id: str | None) -> Plan:
    """Free text alone makes texts, anything else a table."""
    names = _readable(table, tuple(table.column_names))
    if not names:
        raise InputError("The data hold lists or bytes alone; say --features or --image.")
    frame = open_frame(table.select(list(names)))
    if len(names) == 1:
        only = read_column(names[0], frame.get_column(names[0]))
        if only.kind == "strings" and reads_as_text(only):
            return Plan("text", names, names, id, {})
    encoder = TabularEncoder().fit(table.select(list(names)))
    used = tuple(encoder.feature_names_in_.tolist())
    return Plan("table", used, names, id, dict(encoder.dropped_))


def _readable(table: pa.Table, names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of plain values."""
    return tuple(
        name
        for name in names
        if not (pa.types.is_nested(table.field(name).type) or _is_bytes(table.field(name).type))
    )


def _rest(table: pa.Table, names: tuple[str, ...], main: str) -> tuple[str, ...]:
    return tuple(name for name in _readable(table, names) if name != main)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_image(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind)) or _is_bytes(kind)


def _check_type(values: pa.ChunkedArray, name: str, what: str, holds: Any) -> None:
    if not (holds(values.type) or pa.types.is_large_string(values.type)):
        raise InputError(f"Column {name!r} holds {values.type} values, not {what}.")
    if values.null_count == len(values):
        raise InputError(f"Column {name!r} holds no value.")


def _check_ids(table: pa.Table, name: str) -> None:
    values = column(table, name)
    if values.null_count:
        raise InputError(f"The id column {name!r} has {values.null_count:,} gaps; fill them.")
    if len(pc.unique(values)) < len(values):
        counts = pc.value_counts(values).to_pylist()
        twice = next(c["values"] for c in counts if c["counts"] > 1)
        raise InputError(f"The id column {name!r} holds {twice!r} more than once.")


def _vectors(values: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    """A column of vectors of one length as a matrix of shape (n, d)."""
    whole = values.combine_chunks()
    flat = pc.list_flatten(whole)
    lengths = pc.unique(pc.list_value_length(whole)).to_pylist()
    if len(lengths) != 1 or not lengths[0]:
        raise InputError(f"The vectors in column {name!r} are not all of one length.")
    if not (pa.types.is_floating(flat.type) or pa.types.is_integer(flat.type)):
        raise InputError(f"The vectors in column {name!r} hold {flat.type} values, not numbers.")
    return np.asarray(flat.to_numpy(zero_copy_only=False)).reshape(len(values), lengths[0])


def strings_widened(table: pa.Table) -> pa.Table:
    """The table with dictionary columns as plain strings, so that all files look alike."""
    for place, kind in enumerate(table.schema.types):
        if pa.types.is_dictionary(kind):
            name = table.column_names[place]
            table = table.set_column(place, name, table.column(place).cast(kind.value_type))
    return table
