"""The rows of a project: a copy of the data that never changes, read row by row or as a pool.

The copy is an uncompressed Arrow file, mapped into memory. Opening it reads nothing, and all rows
are read equally fast.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..._files.cell_texts import format_cells, kind_of_cells
from ..._files.choices import CellKind
from ..._rows.packed_arrow import count_packed_bytes
from ...errors import InputError
from .images import digest_image, encode_image, read_image
from .written import find_cells

if TYPE_CHECKING:
    from ...pool import Pool

Progress = Callable[[int], None]
"""Called with how many rows are encoded."""

FILE = "rows.arrow"
IMAGES = "images.npz"
VECTORS = "texts.npy"
JOIN = "\n\n"
"""What stands between the parts of a text that several columns hold."""
_GEOMETRY = "geometry"
_CHUNK = 10_000


def write(table: pa.Table, path: Path) -> str:
    """Write the copy, and return its digest."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=_CHUNK)
    return digest_file(path)


def digest_file(path: Path) -> str:
    """Make the digest of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()


def say_nothing(done: int) -> None:
    """Tell nobody how many rows are encoded."""


def write_texts(
    table: pa.Table, columns: Sequence[str], path: Path, encoder: Any, progress: Progress
) -> None:
    """Write an encoder's vectors of texts, which may stand in several columns."""
    from ...embedding import Embedding  # loads scikit-learn, which reading rows does not need

    made: list[np.ndarray[Any, Any]] = []
    done = 0
    for vectors in Embedding(encoder).batches(join_texts(table, columns)):
        made.append(vectors)
        done += len(vectors)
        progress(done)
    np.save(path, np.concatenate(made))


def write_images(
    table: pa.Table, image: str, root: Path, path: Path, encoder: Any, progress: Progress
) -> None:
    """Read every image once, and write its features and its digest."""
    features, digests = [], []
    for row, value in enumerate(table.column(image)):
        try:
            content = read_image(value.as_py(), root)
            features.append(encode_image(content, encoder))
        except InputError as problem:
            raise InputError(f"Row {row} (counted from 0), column {image!r}: {problem}") from None
        digests.append(digest_image(content))
        progress(row + 1)
    np.savez(path, features=np.stack(features), digests=np.array(digests))


def _load_arrays(path: Path) -> dict[str, Any]:
    """Load the arrays that `numpy.savez` wrote, and refuse a file that unpacks to more than it is.

    Raises a `ValueError` or an `OSError` if it is damaged.
    """
    with ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > path.stat().st_size:
            raise ValueError(f"{path} is compressed")
    with np.load(path, allow_pickle=False) as found:
        return dict(found)


class RowData:
    """The copy of the data in a project's folder; `plan` says which columns serve for what."""

    def __init__(
        self, folder: Path, plan: Any, image_root: Path | None, digests: Mapping[str, str]
    ) -> None:
        self.folder, self.plan, self.image_root, self._digests = folder, plan, image_root, digests

    @cached_property
    def table(self) -> pa.Table:
        """All columns, mapped into memory; a file that changed or is unsound is refused."""
        path = self.folder / FILE
        try:
            with pa.memory_map(str(path)) as file:
                if digest_file(path) != self.plan.digest:
                    raise InputError(
                        f"{path} has changed since the project was made, so its labels no longer "
                        "fit its rows; put the old file back or make a new project."
                    )
                return _read_sound_table(path, file, self.plan.rows)
        except (OSError, pa.ArrowInvalid):
            raise InputError(
                f"{path} is missing or copied in part; copy the project's folder again."
            ) from None

    def check(self) -> None:
        """See that the data are those that the project was made with."""
        self.table  # noqa: B018 - raises if they are not

    def content(self, row: int) -> dict[str, str | None]:
        """Give the columns that annotators see of a row, as texts; an image as its path."""
        table = self.as_written(self.plan.shown).slice(row, 1)
        return {name: format_cells(table.column(name))[0] for name in table.column_names}

    def as_written(self, names: Sequence[str]) -> pa.Table:
        """Give columns as people see them: as texts of the file where values differ from them."""
        columns = [self.table.column(self._written.get(name, name)) for name in names]
        return pa.table(columns, names=list(names))

    @cached_property
    def _written(self) -> dict[str, str]:
        return find_cells(self.table)

    def text(self, row: int) -> str:
        """Give the text of a row, as models read it."""
        return join_texts(self.table.slice(row, 1), self.plan.columns)[0]

    def seen(self, row: int) -> str | bytes | dict[str, Any]:
        """Give a row as one looks at it: its text, its image, or the columns that models read."""
        if self.plan.kind == "text":
            return self.text(row)
        if self.plan.kind == "image":
            return self.image(row)
        return dict(self.table.slice(row, 1).select(list(self.plan.columns)).to_pylist()[0])

    def name(self, row: int) -> str:
        """Give the id of a row, or its row number where there are no ids."""
        if self.plan.id is None:
            return str(row)
        return str(format_cells(self.table.column(self.plan.id).slice(row, 1))[0])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row numbers by id."""
        if self.plan.id is None:
            return {str(row): row for row in range(len(self.table))}
        return {
            str(id): row for row, id in enumerate(format_cells(self.table.column(self.plan.id)))
        }

    @cached_property
    def kinds(self) -> dict[str, CellKind]:
        """What the cells are, of each column that annotators see."""
        schema = self.table.schema
        return {name: kind_of_cells(schema.field(name).type) for name in self.plan.shown}

    def image(self, row: int) -> bytes:
        """Read the image of a row, as it was when the project was made."""
        if self.plan.kind != "image":
            raise InputError("The rows of this project are no images.")
        value = self.table.column(self.plan.columns[0])[row].as_py()
        content = read_image(value, self.image_root or self.folder)
        if digest_image(content) != str(self._images["digests"][row]):
            raise InputError(
                f"The image of row {row} has changed since the project was made; put it back."
            )
        return content

    def pool(self) -> "Pool":
        """Make the pool that models and strategies read."""
        from ...pool import Pool

        # Distances of the rows never change, so a trainer that starts again finds them here.
        return Pool(self.data(), cache=self.folder / _GEOMETRY)

    def data(self) -> Any:
        """Give the rows in the form that models read: texts, a table, or vectors."""
        kind, columns = self.plan.kind, list(self.plan.columns)
        if kind == "image":
            return self._images["features"]
        if kind == "text":
            return self._vectors if self.plan.recipe.encoder else join_texts(self.table, columns)
        if kind == "vectors":
            return np.hstack([stack_vectors(self.table.column(name), name) for name in columns])
        return self.table.select(columns)

    @cached_property
    def _images(self) -> dict[str, Any]:
        path = self.folder / IMAGES
        with self._checked(path):
            found = _load_arrays(path)
            features, digests = found["features"], found["digests"]
            if not len(features) == len(digests) == len(self.table):
                raise ValueError
        return {"features": features, "digests": digests}

    @property
    def _vectors(self) -> np.ndarray[Any, Any]:
        path = self.folder / VECTORS
        with self._checked(path):
            found: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
            if len(found) != len(self.table):
                raise ValueError
        return found

    @contextmanager
    def _checked(self, path: Path) -> Iterator[None]:
        """Compare a file with its digest, if the folder holds one; name it if it is damaged."""
        try:
            if path.name in self._digests and digest_file(path) != self._digests[path.name]:
                raise ValueError
            yield
        except (OSError, ValueError, EOFError, KeyError, TypeError, MemoryError, BadZipFile):
            raise InputError(
                f"{path} is missing or damaged; copy the project's folder again."
            ) from None


def _read_sound_table(path: Path, file: Any, rows: int) -> pa.Table:
    """Read a table whose digest is right; it may still be one that another program made.

    An offset that points outside of a column would end the process that follows it.
    """
    try:
        if count_packed_bytes(path):
            raise ValueError  # we write nothing compressed, and a small file could fill the memory
        table = pa.ipc.open_file(file).read_all()
        table.validate(full=True)
        if len(table) != rows:
            raise ValueError
    except (ValueError, pa.ArrowException):
        raise InputError(
            f"{path} is no table that motherlode wrote; do not use this project."
        ) from None
    return table


def join_texts(table: pa.Table, columns: Sequence[str]) -> list[str]:
    """Give the text of every row; parts in several columns are joined, without those missing."""
    if len(columns) == 1:
        return ["" if value is None else value for value in table.column(columns[0]).to_pylist()]
    parts = zip(*(table.column(name).to_pylist() for name in columns), strict=True)
    return [JOIN.join(part for part in row if part) for row in parts]


def stack_vectors(values: pa.ChunkedArray, name: str) -> np.ndarray[Any, Any]:
    """Turn a column of vectors of one length into a matrix of shape (n, d)."""
    whole = values.combine_chunks()
    flat = pc.list_flatten(whole)
    lengths = pc.unique(pc.list_value_length(whole)).to_pylist()
    if len(lengths) != 1 or not lengths[0]:
        raise InputError(f"The vectors in column {name!r} are not all of one length.")
    if not (pa.types.is_floating(flat.type) or pa.types.is_integer(flat.type)):
        raise InputError(f"The vectors in column {name!r} hold {flat.type} values, not numbers.")
    return np.asarray(flat.to_numpy(zero_copy_only=False)).reshape(len(values), lengths[0])
