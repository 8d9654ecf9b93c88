"""Rows that a project does not hold, checked and converted to what its models read.

The cells of a text file stay as they are beside what is read from them. What the cells of a column
are is decided over all of its rows, however many; the rows go by in blocks.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..._files.cell_texts import format_cells, kind_of_cells
from ..._files.cells import Decision, Evidence, decide_all
from ..._files.choices import EVERY, CellKind, Choices
from ..._files.dates import Order, find_order
from ..._files.disk_copies import discard
from ..._files.formats import COPIERS, reader_of
from ..._files.opening import open_rows
from ..._files.sources import is_address, split_part
from ..._files.tables import TableFiles
from ..._rows.arrays import Matrix
from ...embedding import Embedding, image_files
from ...errors import InputError
from .._data.encoders import choose_encoder, get_encoder
from .._data.folder import Project
from .._data.images import encode_images
from .._data.rows import join_texts, stack_vectors
from .._data.written import find_cells, list_other_percents

_BLOCK, _IMAGES = 8_192, 64  # rows at a time
_LOOKED_AT = 1_000  # cells of the project, to see what stands first in its dates
_PLURAL: dict[CellKind, str] = {"number": "numbers", "date": "dates", "boolean": "true and false"}
THE_FILE, THE_REQUEST = "The file", "The request"
"""What rows that came by the web stand in, as a sentence begins."""


class NewRows:
    """Rows from elsewhere, for the models of a project.

    Parameters
    ----------
    project : Project
        Whose columns they must have.
    rows : pyarrow.Table or TableFiles
        The rows.
    name : str
        What the rows are called, in messages.
    choices : Choices
        What was said of their columns.
    root : Path or None
        The folder in which paths of images begin; without it images are bytes.
    """

    def __init__(
        self, project: Project, rows: Any, name: str, choices: Choices, root: Path | None = None
    ) -> None:
        self._project, self._rows, self._name = project, rows, name
        self._choices, self._root = choices, root
        self.schema: pa.Schema = rows.schema
        self.total = int(rows.shape[0])
        self._check_columns()

    def __len__(self) -> int:
        return self.total

    @cached_property
    def _held(self) -> dict[str, pa.DataType]:
        """The types of the columns that models read, in the project."""
        schema = self._project.rows.table.schema
        return {name: schema.field(name).type for name in self._project.settings.columns}

    def close(self) -> None:
        """Delete the copy on disk, if there is one."""
        if isinstance(self._rows, TableFiles):
            discard(self._rows.paths)

    def blocks(self) -> Iterator[tuple[pa.Table, Matrix]]:
        """Give the rows as they are, and as the model reads them, some at a time."""
        decisions = self.decisions
        size = _IMAGES if self._project.settings.kind == "image" else _BLOCK
        for low, block in self._slices(size):
            yield block, self._for_model(block, decisions, low)

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """What the cells of each column of texts are, that the project does not hold as text.

        An `InputError` is raised if they are not what the project holds.
        """
        settings = self._project.settings
        if settings.kind != "table":
            return {}
        wanted = {
            name: kind
            for name, kind in ((n, kind_of_cells(t)) for n, t in self._held.items())
            if _is_text(self.schema.field(name).type)
        }
        found = {name: Evidence(name, self._tell(name, kind)) for name, kind in wanted.items()}
        self._show_cells(found)
        decided = decide_all(list(found.values()), self._find_order())
        made = dict(zip(found, decided, strict=True))
        for name, decision in made.items():
            if found[name].seen is not None or _is_text(decision.type):  # else all cells are blank
                self._check_kind(name, decision, wanted[name])
        return made

    def notes(self) -> list[str]:
        """Say what is odd about the columns, a sentence each."""
        return list_other_percents(self._project.rows.table, self.decisions)

    def typed(self, names: Sequence[str]) -> dict[str, Decision]:
        """Decide what the cells of all columns of texts are, but for some that stay as they are."""
        rest = [
            field.name
            for field in self.schema
            if _is_text(field.type) and field.name not in {*names, *self._held}
        ]
        found = {name: Evidence(name, self._choices) for name in rest}
        self._show_cells(found)
        decided = dict(
            zip(found, decide_all(list(found.values()), self._find_order()), strict=True)
        )
        return {**self.decisions, **decided}

    def _show_cells(self, found: dict[str, Evidence]) -> None:
        if found:
            for _, block in self._slices(8 * _BLOCK, list(found)):
                for name, evidence in found.items():
                    evidence.add(block.column(name).cast(pa.string()))

    def _slices(
        self, size: int, columns: list[str] | None = None
    ) -> Iterator[tuple[int, pa.Table]]:
        if isinstance(self._rows, TableFiles):
            yield from self._rows.blocks(size, columns)
            return
        table = self._rows if columns is None else self._rows.select(columns)
        for low in range(0, len(table), size):
            yield low, table.slice(low, size)

    def _tell(self, name: str, kind: CellKind) -> Choices:
        """Say what is known of a column before it is read."""
        told = self._choices.kinds.get(name)
        if told is None and kind in ("text", "boolean"):
            told = kind  # which more words may mean than a reader guesses
        return replace(self._choices, texts=frozenset(), kinds={} if told is None else {name: told})

    def _find_order(self) -> Order | None:
        """Find what stands first in the dates of the project's own file."""
        table = self._project.rows.table
        for name, cells in find_cells(table).items():
            if name in self._held and kind_of_cells(self._held[name]) == "date":
                some = table.column(cells).slice(0, _LOOKED_AT)
                order = find_order(some, table.column(name).slice(0, _LOOKED_AT))
                if order is not None:
                    return order
        return None

    def _check_columns(self) -> None:
        """See that the columns that models read are there."""
        names = self.schema.names
        for name in self._held:
            if name in names:
                continue
            close = difflib.get_close_matches(name, names, n=1)
            hint = f" (is it {close[0]!r}?)" if close else ""
            shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
            raise InputError(
                f"{self._name} has no column {name!r}{hint}, which the models of this project "
                f"read; its columns are: {shown}."
            )
        for name, held in self._held.items():
            self._check_type(name, self.schema.field(name).type, held)

    def _check_type(self, name: str, found: pa.DataType, held: pa.DataType) -> None:
        """See that a column has values of the project's kind; texts are looked at later."""
        nested = (pa.types.is_nested(found), pa.types.is_nested(held))
        if self._project.settings.kind == "image" or pa.types.is_null(found):
            return
        if any(nested):
            if not all(nested):
                raise self._refuse(name, str(found), f"{held} values", None)
            return
        kinds = kind_of_cells(found), kind_of_cells(held)
        numbers = {"number", "boolean"}
        if _is_text(found) or kinds[1] == "text" or kinds[0] == kinds[1] or {*kinds} <= numbers:
            return
        raise self._refuse(name, _PLURAL.get(kinds[0], str(found)), _PLURAL[kinds[1]], None)

    def _check_kind(self, name: str, decision: Decision, held: CellKind) -> None:
        found = kind_of_cells(decision.type)
        if held == "text" or found == held or {found, held} <= {"number", "boolean"}:
            return
        raise self._refuse(name, _PLURAL.get(found, "text"), _PLURAL[held], decision.reason)

    def _refuse(self, name: str, found: str, held: str, reason: str | None) -> InputError:
        why = f" ({reason})" if reason else ""
        return InputError(
            f"Column {name!r} of {_within(self._name)} holds {found}{why}, and {held} in the "
            "project; mend its cells, or name codes for missing values as missing."
        )

    def _for_model(self, block: pa.Table, decisions: dict[str, Decision], low: int) -> Matrix:
        settings = self._project.settings
        names = list(settings.columns)
        if settings.kind == "image":
            return self._encode_images(block.column(names[0]), low)
        if settings.kind == "vectors":
            return self._stack(block, names)
        if settings.kind == "table":
            return pa.table({name: self._read(block, name, decisions) for name in names})
        cells = [pa.array(format_cells(block.column(name)), pa.string()) for name in names]
        texts = join_texts(pa.table(cells, names=names), names)
        name = settings.recipe.encoder
        return texts if name is None else Embedding(self._encoder).transform(texts)

    def convert(
        self, block: pa.Table, name: str, decisions: dict[str, Decision]
    ) -> pa.ChunkedArray:
        """Convert the cells of a column of a block as was decided."""
        column = block.column(name)
        if name not in decisions:
            return column
        return decisions[name].convert(column.cast(pa.string()), self._choices)

    def _read(self, block: pa.Table, name: str, decisions: dict[str, Decision]) -> Any:
        column = self.convert(block, name, decisions)
        if _is_text(self._held[name]) and not _is_text(column.type):
            return pa.chunked_array([format_cells(column)], pa.string())
        return column

    def _stack(self, block: pa.Table, names: list[str]) -> Matrix:
        X = np.hstack([stack_vectors(block.column(name), name) for name in names])
        if X.shape[1] != self._width:
            raise InputError(
                f"The vectors of {_within(self._name)} have {X.shape[1]} numbers, and those of the "
                f"project {self._width}."
            )
        if not np.isfinite(X).all():
            raise InputError(f"The vectors of {_within(self._name)} hold what is no finite number.")
        return X

    @cached_property
    def _width(self) -> int:
        one = self._project.rows.table.slice(0, 1)
        return sum(stack_vectors(one.column(name), name).shape[1] for name in self._held)

    @cached_property
    def _encoder(self) -> Any:
        settings = self._project.settings
        return get_encoder(
            str(choose_encoder(settings.recipe.encoder, settings.kind)), settings.kind
        )

    def _encode_images(self, values: pa.ChunkedArray, low: int) -> Matrix:
        each = (value.as_py() for value in values)
        try:
            return np.stack(encode_images(each, self._root, self._encoder, first=low)[0])
        except InputError as problem:
            raise InputError(f"{self._name}: {problem}") from None


def _within(name: str) -> str:
    """Write a name within a sentence."""
    return name.lower() if name in (THE_FILE, THE_REQUEST) else name


def open_new_rows(
    project: Project, source: str | Path, choices: Choices, name: str | None = None
) -> NewRows:
    """Open rows of a file of any format, a folder of images, or a table of a database.

    Large CSV, TSV, Parquet and Arrow files and databases stay on disk; other files are read whole.

    Parameters
    ----------
    project : Project
        Whose columns they must have.
    source : str or Path
        As `read_file` takes it.
    choices : Choices
        What was said of the file.
    name : str, optional
        What the rows are called in messages, if not by their source.

    Raises
    ------
    InputError
        If it cannot be read, or a column is missing or of another type.
    """
    settings, text = project.settings, str(source)
    name = text if name is None else name
    path = Path(split_part(text, Choices())[0])
    if settings.kind == "image" and path.is_dir():
        paths = [found.relative_to(path).as_posix() for found in image_files(path)]
        table = pa.table({settings.columns[0]: paths})
        return NewRows(project, table, name, choices, path)
    held = project.rows.table.schema
    texts = [one for one in settings.columns if _is_text(held.field(one).type)]
    texts += [settings.id] if settings.id is not None else []
    delimited = not is_address(text) and not path.is_dir() and reader_of(path)[0] in COPIERS
    kept = EVERY if delimited else frozenset(texts)
    rows = open_rows(text, replace(choices, texts=kept, kinds={}))
    if isinstance(rows, np.ndarray):
        raise InputError(f"{text} holds numbers without names; give a table with named columns.")
    root = None
    if settings.kind == "image":
        root = Path() if is_address(text) else path.parent
    return NewRows(project, rows, name, choices, root)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
