"""A data set of Hugging Face's library: a folder, which ``datasets.load_from_disk`` opens."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from .lines import Lines
from .part_files import read_parts

_DATA = "data-00000-of-00001.arrow"
# Where the library's name of a type is not pyarrow's.
_NAMES = {
    pa.float64(): "float64",
    pa.float32(): "float32",
    pa.float16(): "float16",
    pa.date32(): "date32",
    pa.date64(): "date64",
}


def write_data_set(lines: Lines) -> Iterator[bytes]:
    """Write the folder as a zip."""
    with tempfile.TemporaryDirectory(prefix="motherlode-") as made:
        folder, packed = Path(made) / "labels", Path(made) / "labels.zip"
        folder.mkdir()
        write_data_set_folder(lines, folder)
        with zipfile.ZipFile(packed, "w") as file:
            for path in sorted(folder.iterdir()):
                file.write(path, f"labels/{path.name}")
        yield from read_parts(packed)


def write_data_set_folder(lines: Lines, folder: Path) -> None:
    """Write the files of a data set into a folder.

    Labels are numbers of a ``ClassLabel``, whose names are the declared classes.
    """
    features = {field.name: _feature(field, lines) for field in lines.schema}
    numbers = pa.array(lines.classes, pa.string())
    types = [pa.int64() if f.name == lines.label else f.type for f in lines.schema]
    schema = pa.schema(
        zip(lines.schema.names, types, strict=True),
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    with pa.OSFile(str(folder / _DATA), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        for table in lines.tables:
            writer.write_table(_number_labels(table, lines.label, numbers).cast(schema))
    _write_json(folder / "dataset_info.json", _INFO | {"features": features})
    state = _STATE | {"_data_files": [{"filename": _DATA}]}
    _write_json(folder / "state.json", state)


_INFO = {"citation": "", "description": "", "homepage": "", "license": ""}
_STATE: dict[str, Any] = {
    "_fingerprint": "motherlode",
    "_format_columns": None,
    "_format_kwargs": {},
    "_format_type": None,
    "_output_all_columns": False,
    "_split": None,
}


def _number_labels(table: pa.Table, label: str | None, classes: pa.Array) -> pa.Table:
    if label is None:
        return table
    numbers = pa.compute.index_in(table.column(label), classes).cast(pa.int64())
    return table.set_column(table.column_names.index(label), label, numbers)


def _feature(field: pa.Field, lines: Lines) -> dict[str, Any]:
    if field.name == lines.label:
        return {"names": list(lines.classes), "_type": "ClassLabel"}
    return {"dtype": _NAMES.get(field.type, str(field.type)), "_type": "Value"}


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
