"""Small files that say they are huge tables."""

import resource
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from motherlode._files import unpacking
from motherlode._files.reading import read_table
from motherlode._files.tables import TableFiles
from motherlode._rows.packed_arrow import count_packed_bytes
from motherlode.errors import InputError

ZEROS = np.zeros(10_000_000)


def mixed(rows):
    return pa.table(
        {
            "x": np.arange(float(rows)),
            "t": pa.array([None if i % 7 == 0 else f"text {i % 50}" for i in range(rows)]),
            "b": [b"ab"] * rows,
            "v": [[1.0, 2.0]] * rows,
            "names": [["ulm", "bonn"]] * rows,
            "c": pa.array(["a", "b"] * (rows // 2)).dictionary_encode(),
        }
    )


@pytest.mark.parametrize("compression", ["NONE", "zstd"])
def test_a_parquet_file_reads_as_pyarrow_reads_it(tmp_path, compression):
    table = mixed(40_000)
    parquet.write_table(table, tmp_path / "t.parquet", compression=compression)
    assert read_table(tmp_path / "t.parquet").to_pylist() == table.to_pylist()


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_what_an_arrow_file_unpacks_to_is_known_before(tmp_path, compression):
    table = mixed(10_000)
    feather.write_feather(table, tmp_path / "t.arrow", compression=compression)
    found = count_packed_bytes(tmp_path / "t.arrow")
    expected = 0 if compression == "uncompressed" else table.nbytes
    assert found == pytest.approx(expected, rel=0.05)
    assert read_table(tmp_path / "t.arrow").num_rows == 10_000


def repeated_text(path):
    text = "long text " * 100_000
    parquet.write_table(
        pa.table({"t": pa.DictionaryArray.from_arrays(np.zeros(10_000, np.int32), [text])}), path
    )


def repeated_zeros(path):
    part, options = pa.record_batch({"x": ZEROS}), pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(str(path), part.schema, options=options) as out:
        for _ in range(30):
            out.write_batch(part)


def repeated_numbers(path):
    part = pa.table({"x": ZEROS})
    with parquet.ParquetWriter(path, part.schema) as out:
        for _ in range(30):
            out.write_table(part)


@pytest.mark.parametrize(
    ("ending", "write"),
    [("parquet", repeated_text), ("parquet", repeated_numbers), ("arrow", repeated_zeros)],
)
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_little_memory(
    tmp_path, ending, write
):
    path = tmp_path / f"t.{ending}"
    write(path)
    assert path.stat().st_size < 10_000_000
    code = (
        "import sys; from motherlode.errors import InputError\n"
        "from motherlode._files.reading import read_table\n"
        "try: read_table(sys.argv[1])\n"
        "except InputError as problem: print(problem)"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (10**9, 10**9))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-c", code, path], preexec_fn=limit, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "unpacks to more than" in done.stdout, done.stderr
    assert "GB" in done.stdout


def test_a_damaged_description_is_no_whole_file(tmp_path):
    path = tmp_path / "t.arrow"
    feather.write_feather(mixed(1_000), path, compression="lz4")
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        content = np.frombuffer(whole, np.uint8).copy()
        places = rng.integers(len(content) - 1_500, len(content), 5)
        content[places] = rng.integers(0, 256, 5)
        path.write_bytes(content.tobytes())
        with suppress(ValueError):
            count_packed_bytes(path)


def test_memory_that_runs_out_is_one_sentence(tmp_path, monkeypatch):
    parquet.write_table(mixed(100), tmp_path / "t.parquet")

    def fail(*_):
        raise pa.ArrowMemoryError("malloc of size 1 failed")

    monkeypatch.setattr(unpacking, "_unpack", fail)
    with pytest.raises(InputError, match="more than the memory holds"):
        read_table(tmp_path / "t.parquet")


def test_offsets_that_point_outside_of_a_column_are_refused(tmp_path):
    texts = pa.array([f"text {i}" for i in range(100)])
    offsets = np.frombuffer(texts.buffers()[1], np.int32).copy()
    offsets[50:60] += 2**30
    moved = pa.py_buffer(offsets.tobytes())
    unsound = pa.Array.from_buffers(pa.string(), 100, [None, moved, texts.buffers()[2]])
    path = tmp_path / "t.arrow"
    feather.write_feather(pa.table({"t": unsound}), path, compression="uncompressed")
    for read in (lambda: read_table(path), lambda: TableFiles([path]).take([55])):
        with pytest.raises(InputError, match="not an Arrow file, or is damaged"):
            read()
