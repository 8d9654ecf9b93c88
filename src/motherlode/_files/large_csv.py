"""A large CSV file, written as a Parquet file block by block, so that it can be read by rows."""

import atexit
import re
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from ..errors import InputError
from .text import delimiter_of, holds_decimal_commas

_BLOCK = 2**24  # bytes of text in memory at a time
_WRONG = re.compile(r"In CSV column #(\d+)")
_WIDER = {pa.null(): pa.int64(), pa.int64(): pa.float64()}


def write_as_parquet(path: Path) -> Path:
    """Write the rows of a CSV file to a Parquet file that is deleted when the process ends.

    A column has the type of its values in the first 16 MB. If a later value does not fit, the
    column's type becomes wider and the file is read again: first nothing, then whole numbers, then
    floating numbers, then strings.
    """
    folder = Path(tempfile.mkdtemp(prefix="motherlode-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / f"{path.stem}.parquet"
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(2**16)
    parse = csv.ParseOptions(delimiter=delimiter_of(head), newlines_in_values=True)
    comma = parse.delimiter == ";" and holds_decimal_commas(head)
    kinds: dict[str, pa.DataType] = {}
    schema = pa.schema([])
    while True:
        convert = csv.ConvertOptions(column_types=kinds, decimal_point="," if comma else ".")
        try:
            with csv.open_csv(
                path,
                read_options=csv.ReadOptions(block_size=_BLOCK),
                parse_options=parse,
                convert_options=convert,
            ) as reader:
                schema = reader.schema
                _copy(reader, target)
                return target
        except pa.ArrowInvalid as problem:
            wrong = _WRONG.search(str(problem))
            if wrong is None:
                said = str(problem).split("\n", 1)[0][:200].rstrip(".")
                raise InputError(f"{path} can't be read as CSV: {said}.") from None
            field = schema.field(int(wrong[1]))
            kinds[field.name] = _WIDER.get(kinds.get(field.name, field.type), pa.string())


def _copy(reader: csv.CSVStreamingReader, target: Path) -> None:
    # A column without a value is taken for floating numbers.
    schema = pa.schema(
        [(f.name, pa.float64() if f.type == pa.null() else f.type) for f in reader.schema]
    )
    with parquet.ParquetWriter(target, schema) as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
