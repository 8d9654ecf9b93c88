"""Which question of Label Studio a project answers, and which rows tasks are about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from .._files.cell_texts import format_cells
from .._files.class_names import Names, list_names
from ..errors import InputError
from ..project._data.folder import Project
from ..project._data.settings import Settings

_UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio puts before the name of a file


@dataclass(frozen=True)
class Control:
    """The question of a labelling configuration that a project's classes answer.

    Parameters
    ----------
    name, about : str
        The name of the tag ``Choices``, and of the tag that it is about.
    field : str or None
        What tasks call the content of that tag.
    choices : dict of str to str
        By class: how Label Studio writes it.
    """

    name: str
    about: str
    field: str | None
    choices: Mapping[str, str]


def read_control(config: str, classes: Sequence[str]) -> Control:
    """Find the ``Choices`` of a labelling configuration that hold a project's classes.

    Parameters
    ----------
    config : str
        Label Studio's labelling configuration, which is XML.
    classes : sequence of str
        All classes of the project.

    Raises
    ------
    InputError
        If it is no XML, or no ``Choices`` hold two of the classes.
    """
    fields: dict[str, str] = {}
    asked: list[tuple[str, str, dict[str, str]]] = []
    names = Names(classes)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Choices":
            asked.append((attributes.get("name", ""), attributes.get("toName", ""), {}))
        elif tag == "Choice" and asked:
            written = attributes.get("alias") or attributes.get("value", "")
            for said in (written, attributes.get("value", "")):
                found = names.match(said)
                if found is not None:
                    asked[-1][2].setdefault(found, written)
        elif attributes.get("value", "").startswith("$"):
            fields[attributes.get("name", "")] = attributes["value"][1:]

    def refuse(*_: object) -> None:
        raise InputError("The labelling configuration declares entities, which it does not need.")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EntityDeclHandler = start, refuse
    try:
        parser.Parse(config.encode(), True)
    except expat.ExpatError:
        raise InputError("The labelling configuration is not well-formed XML.") from None
    fitting = [(len(held), -place) for place, (_, _, held) in enumerate(asked)]
    most, place = max(fitting, default=(0, 0))
    if most < min(2, len(classes)):
        listed = list_names(classes)
        raise InputError(
            f"No Choices of the labelling configuration hold the classes of the project: {listed}."
        )
    name, about, held = asked[-place]
    return Control(name, about, fields.get(about), held)


class TaskRows:
    """The rows of a project that tasks are about: by id, by content, or by row number.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    """

    def __init__(self, project: Project) -> None:
        self._project, self._rows = project, project.rows
        self._known: tuple[Any, dict[str, list[int]]] | None = None

    def find(self, task: Mapping[str, Any], field: str | None) -> int | None:
        """Find the row of a task; None if it is about none.

        Parameters
        ----------
        task : mapping
            The task's ``data``.
        field : str or None
            What the task calls the content that is shown.
        """
        settings = self._project.settings
        if settings.id is not None and task.get(settings.id) is not None:
            return self._rows.numbers.get(str(task[settings.id]))
        alike = self._by_content.get(_plain(read_content(task, field), settings), ())
        row = task.get("row")
        if isinstance(row, int) and (row in alike or (not alike and self._is_same(row, task))):
            return row
        return alike[0] if alike else None

    @property
    def _by_content(self) -> dict[str, list[int]]:
        """Row ids by content; read again when rows were added or changed."""
        table = self._rows.table
        if self._known is None or self._known[0] is not table:
            self._known = table, self._read_contents()
        return self._known[1]

    def _read_contents(self) -> dict[str, list[int]]:
        settings = self._project.settings
        found: dict[str, list[int]] = {}
        if settings.kind in ("text", "image") and not self._has_bytes:
            for row, content in enumerate(self._contents()):
                if content:
                    found.setdefault(_plain(content, settings), []).append(row)
        return found

    @property
    def _has_bytes(self) -> bool:
        settings = self._project.settings
        kind = str(self._rows.table.schema.field(settings.columns[0]).type)
        return settings.kind == "image" and kind not in ("string", "large_string")

    def _contents(self) -> Iterator[str]:
        columns = self._project.settings.columns
        cells = [self._rows.table.column(name).to_pylist() for name in columns]
        for parts in zip(*cells, strict=True):
            yield "\n\n".join(str(part) for part in parts if part)

    def _is_same(self, row: int, task: Mapping[str, Any]) -> bool:
        """Tell whether a row holds what a task holds, of the columns that are shown."""
        settings = self._project.settings
        shared = [name for name in settings.shown if task.get(name) is not None]
        if not shared or not 0 <= row < settings.rows:
            return False
        own = self._rows.table.slice(row, 1)
        return all(_is_equal(own.column(name), task[name]) for name in shared)

    def prepare(self) -> None:
        """Read the rows now, so that no annotation waits for it."""
        self._by_content  # noqa: B018 - kept from now on
        if self._project.settings.id is not None:
            self._rows.numbers  # noqa: B018


def read_content(task: Mapping[str, Any], field: str | None) -> str:
    """Give what a task shows: a text, or the address of an image."""
    if field in task:
        return str(task[str(field)])
    return str(next(iter(task.values()))) if len(task) == 1 else ""


def _plain(content: str, settings: Settings) -> str:
    """Write a content as it is compared: without the spaces or folders that tools change."""
    if settings.kind == "image":
        return _UPLOADED.sub("", re.split(r"[/\\=]", content)[-1])
    return " ".join(content.split())


def _is_equal(column: Any, value: Any) -> bool:
    held = column.to_pylist()[0]
    return bool(held == value or str(format_cells(column)[0]) == str(value))
