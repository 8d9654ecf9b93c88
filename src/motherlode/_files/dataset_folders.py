"""Folders that the package `datasets` of Hugging Face saves, without that package."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .._rows.packed_arrow import count_packed_stream
from ..errors import InputError
from .choices import Choices, Found
from .disk_copies import write_copy
from .sources import ONE, SEVERAL
from .unpacking import check_unpacked


def read_dataset(folder: Path, choices: Choices) -> Found:
    """Read a data set, or the split that is named, with the names of its classes."""
    folder, notes = _split(folder, choices.part)
    tables = list(_tables(folder))
    return Found(pa.concat_tables(tables, promote_options="permissive"), notes)


def copy_dataset(folder: Path, choices: Choices) -> Path:
    """Write the rows of a large data set to a temporary Arrow file."""
    folder, _ = _split(folder, choices.part)
    tables = _tables(folder)
    first = next(tables)

    def all_tables() -> Iterator[pa.Table]:
        yield first
        yield from (table.cast(first.schema) for table in tables)

    return write_copy(first.schema, all_tables(), folder.name)


def dataset_bytes(folder: Path, choices: Choices) -> int:
    """Count the bytes of a data set's files."""
    folder, _ = _split(folder, choices.part)
    return sum(path.stat().st_size for path in _files(folder))


def _split(folder: Path, part: str | None) -> tuple[Path, tuple[str, ...]]:
    if not (folder / SEVERAL).is_file():
        if part is not None:
            raise InputError(f"{folder} has no splits, so there is no {part!r}.")
        return folder, ()
    splits = _object(folder / SEVERAL).get("splits")
    names = [s for s in splits if isinstance(s, str)] if isinstance(splits, list) else []
    there = ", ".join(f"{folder.name}#{name}" for name in names)
    if part is None and len(names) != 1:
        raise InputError(f"{folder} has {len(names)} splits; name one: {there}.")
    name = part or names[0]
    if name not in names:
        raise InputError(f"{folder} has no split {name!r}; name one: {there}.")
    return folder / name, (f"It is the split {name!r}.",)


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged; save the data set again.")
    return found


def _files(folder: Path) -> list[Path]:
    listed = _object(folder / "state.json").get("_data_files")
    entries = listed if isinstance(listed, list) else []
    names = [one.get("filename") for one in entries if isinstance(one, dict)]
    paths = [folder / Path(str(name)).name for name in names if name]
    if not paths:
        raise InputError(f"{folder} holds no rows.")
    gone = next((path for path in paths if not path.is_file()), None)
    if gone is not None:
        raise InputError(f"There is no file {gone}.")
    return paths


def _tables(folder: Path) -> Iterator[pa.Table]:
    state = _object(folder / "state.json")
    if state.get("_indices_data_files"):
        raise InputError(f"{folder} holds rows in another order; save it by flatten_indices first.")
    features = _object(folder / ONE).get("features")
    features = features if isinstance(features, dict) else {}
    columns = state.get("_format_columns")
    for path in _files(folder):
        for table in _stream(path):
            if isinstance(columns, list):
                table = table.select([name for name in table.column_names if name in columns])
            yield _with_features(table, features)


def _stream(path: Path) -> Iterator[pa.Table]:
    """Read a file of Arrow's stream format, mapped into memory, and make sure that it is sound."""
    try:
        check_unpacked(path, count_packed_stream(path))
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as reader:
            yield reader.schema.empty_table()
            for batch in reader:
                table = pa.Table.from_batches([batch])
                table.validate(full=True)
                yield table
    except (pa.ArrowInvalid, ValueError, OSError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{path} is not an Arrow stream, or is damaged.") from None


def _with_features(table: pa.Table, features: dict[str, Any]) -> pa.Table:
    for place, name in enumerate(table.column_names):
        feature = features.get(name)
        if not isinstance(feature, dict):
            continue
        column = table.column(name)
        if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list):
            table = table.set_column(place, name, _named(column, feature["names"]))
        elif feature.get("_type") == "Image" and pa.types.is_struct(column.type):
            table = table.set_column(place, name, _image(column))
    return table.replace_schema_metadata(None)


def _named(codes: pa.ChunkedArray, names: list[Any]) -> pa.ChunkedArray:
    """Give the classes by name; a code that is no class (-1) is a missing label."""
    if not pa.types.is_integer(codes.type):
        return codes
    inside = pc.and_(pc.greater_equal(codes, 0), pc.less(codes, len(names)))
    known = pc.if_else(inside, codes, pa.scalar(None, codes.type))
    return pc.take(pa.array(list(map(str, names)), pa.string()), known)


def _image(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give the bytes of images, or their paths if the bytes are not there."""
    fields = [field.name for field in column.type]
    for name in ("bytes", "path"):
        if name in fields:
            found = pc.struct_field(column, name)
            if found.null_count < len(found) or name == "path":
                return found
    return column
