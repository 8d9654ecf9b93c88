"""The rows of a project: a copy of the data that never changes, read row by row or as a pool.

The copy is an uncompressed Arrow file, mapped into memory. Opening it reads nothing, and all rows
are read equally fast. Rows that are added later have files of their own; see `joined_parts`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from hashlib import blake2b, file_digest
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..._files.cell_texts import format_cells, kind_of_cells
from ..._files.choices import CellKind
from ..._rows.packed_arrow import count_packed_bytes
from ...errors import InputError
from .._log.parts import Part
from .images import digest_image, encode_images, read_image
from .joined_parts import find_part, join_arrays, join_tables
from .references import find_copies
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


def name_file(first: str, number: int) -> str:
    """Name the file of a part, by the name of the project's first such file.

    Examples
    --------
    >>> name_file("rows.arrow", 1), name_file("rows.arrow", 2)
    ('rows.arrow', 'rows-2.arrow')
    """
    stem, dot, ending = first.rpartition(".")
    return first if number == 1 else f"{stem}-{number}{dot}{ending}"


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
    values = (value.as_py() for value in table.column(image))
    features, digests = encode_images(values, root, encoder, progress)
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
    """The copy of the data in a project's folder; `plan` says which columns serve for what.

    `parts` gives the rows that were added since, as far as this process knows of them. When there
    are more, the next reader reads their files; a table or pool that was given out stays as it is.
    """

    def __init__(
        self,
        folder: Path,
        plan: Any,
        image_root: Path | None,
        digests: Mapping[str, str],
        parts: Callable[[], tuple[Part, ...]] = tuple,
    ) -> None:
        self.folder, self.plan, self.image_root, self._digests = folder, plan, image_root, digests
        self._parts = parts
        self._lock = RLock()
        self._joined: dict[str, tuple[tuple[Part, ...], Any]] = {}
        self._read: dict[str, Any] = {}
        self._numbers: tuple[pa.Table, dict[str, int]] | None = None

    @property
    def table(self) -> pa.Table:
        """All columns, mapped into memory; a file that changed or is unsound is refused."""
        found: pa.Table = self._join(FILE, self._read_table, join_tables)
        return found

    def _join(self, first: str, read: Callable[[Path, Part | None], Any], join: Any) -> Any:
        """Join what the files of all parts hold; each file is read once."""
        known, parts = self._joined.get(first), self._parts()
        if known is not None and known[0] == parts:
            return known[1]
        with self._lock:
            held = []
            for number, part in enumerate((None, *parts), start=1):
                name = name_file(first, number)
                key = name if part is None else f"{name} {part.digest}"
                if key not in self._read:
                    self._read[key] = self._read_part(self.folder / name, part, read)
                held.append(self._read[key])
            made = join(held[0], list(zip(held[1:], parts, strict=True)))
            self._joined[first] = (parts, made)
        return made

    def _read_part(
        self, path: Path, part: Part | None, read: Callable[[Path, Part | None], Any]
    ) -> Any:
        if part is not None and not path.is_file():
            raise InputError(
                f"{path} is missing: rows of {part.source} were added on another machine; copy "
                f"{path.name} from the project's folder there."
            )
        return read(path, part)

    def _read_table(self, path: Path, part: Part | None) -> pa.Table:
        digest = self.plan.digest if part is None else part.digest
        try:
            with pa.memory_map(str(path)) as file:
                if digest_file(path) != digest:
                    since = "the project was made" if part is None else "its rows were added"
                    raise InputError(
                        f"{path} has changed since {since}, so its labels no longer fit its rows; "
                        "put the old file back or make a new project."
                    )
                return _read_sound_table(path, file, self._count(part))
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

    @property
    def own_columns(self) -> list[str]:
        """The columns of the data, without those that hold their cells as written."""
        hidden = set(self._written.values())
        return [name for name in self.table.column_names if name not in hidden]

    @property
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

    @property
    def numbers(self) -> dict[str, int]:
        """Row numbers by id; read again when rows were added or changed."""
        table, known = self.table, self._numbers
        if known is None or known[0] is not table:
            ids = range(len(table)) if self.plan.id is None else self._ids_of(table)
            self._numbers = known = table, {str(id): row for row, id in enumerate(ids)}
        return known[1]

    def _ids_of(self, table: pa.Table) -> Iterable[Any]:
        return format_cells(table.column(self.plan.id))

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
        content = read_image(value, self.root_of(row) or self.folder)
        if digest_image(content) != str(self._images["digests"][row]):
            raise InputError(
                f"The image of row {row} has changed since the project was made; put it back."
            )
        return content

    def root_of(self, row: int) -> Path | None:
        """Give the folder that the path of a row's image is relative to."""
        part = find_part(self._parts(), self.plan.rows, row)
        if part is None:
            return self.image_root
        return None if part.root is None else Path(part.root)

    @property
    def image_digests(self) -> Any:
        """The digest of each image."""
        return self._images["digests"]

    def pool(self) -> "Pool":
        """Make the pool that models and strategies read."""
        from ...pool import Pool

        # Distances of the rows never change, so a trainer that starts again finds them here.
        pool = Pool(self.data(), cache=self.folder / _GEOMETRY)
        pool._more_copies = partial(find_copies, self.table, self.plan.columns)
        return pool

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

    @property
    def _images(self) -> dict[str, Any]:
        found: dict[str, Any] = self._join(IMAGES, self._read_images, _join_images)
        return found

    def _read_images(self, path: Path, part: Part | None) -> dict[str, Any]:
        with self._checked(path, part):
            found = _load_arrays(path)
            features, digests = found["features"], found["digests"]
            if not len(features) == len(digests) == self._count(part):
                raise ValueError
        return {"features": features, "digests": digests}

    @property
    def _vectors(self) -> np.ndarray[Any, Any]:
        """Map the vectors of texts, which are compared with their digests each time."""
        parts = self._parts()
        first, *others = (
            self._read_part(self.folder / name_file(VECTORS, number), part, self._read_vectors)
            for number, part in enumerate((None, *parts), start=1)
        )
        return join_arrays(first, list(zip(others, parts, strict=True)))

    def _read_vectors(self, path: Path, part: Part | None) -> np.ndarray[Any, Any]:
        with self._checked(path, part):
            found: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
            if len(found) != self._count(part):
                raise ValueError
        return found

    def _count(self, part: Part | None) -> int:
        """Count the rows that the files of a part hold."""
        rows: int = self.plan.rows
        return rows if part is None else part.rows + len(part.updated)

    @contextmanager
    def _checked(self, path: Path, part: Part | None) -> Iterator[None]:
        """Compare a file with its digest, if one is known; name it if it is damaged."""
        digest = self._digests.get(path.name) if part is None else part.encoded
        try:
            if digest is not None and digest_file(path) != digest:
                raise ValueError
            yield
        except (OSError, ValueError, EOFError, KeyError, TypeError, MemoryError, BadZipFile):
            raise InputError(
                f"{path} is missing or damaged; copy the project's folder again."
            ) from None


def _join_images(first: dict[str, Any], parts: list[tuple[dict[str, Any], Part]]) -> dict[str, Any]:
    return {
        name: join_arrays(array, [(held[name], part) for held, part in parts])
        for name, array in first.items()
    }


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
