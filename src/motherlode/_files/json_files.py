"""JSON: an array of objects, or an object a line, as other tools write them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError
from .characters import Text, open_text
from .choices import Choices, Found
from .json_objects import find_records
from .tool_records import Shape, shape_of
from .typed_values import as_float, make_table, written_in

_BESIDE = "It is read as the table in it, and what stands beside it is left out"
_ONE = "It holds one object, and is read as one row"
_LONG = 4000  # digits of a number; Python itself reads no more
Record = tuple[str, dict[str, Any]]


def read_json_lines(path: Path, choices: Choices) -> Found:
    """Read lines of one object each; see `read_json`."""
    text = open_text(path, "JSON Lines", choices)
    return _make(path, text, _records_of_lines(path, text), choices, lone=True)


def read_json(path: Path, choices: Choices) -> Found:
    """Read an array of objects, lines of one object each, or one object that holds a table.

    A key of an object in an object becomes a column ``outer.inner``. Lists of numbers stay lists,
    lists of at most one text become that text, and other lists become a text. What Label Studio,
    Prodigy, doccano and Argilla export gives columns of its data, and one of labels.
    """
    text = open_text(path, "JSON", choices)
    head = text.content.slice(0, min(text.content.size, 2**12)).to_pybytes().lstrip()
    if head.startswith(b"["):
        return _make(path, text, _records_of_array(path, text), choices)
    try:
        whole = _load(str(text))
    except (ValueError, RecursionError):
        return _make(path, text, _records_of_lines(path, text), choices, lone=True)
    records, left_out = _split_object(path, whole)
    notes = (f"{_BESIDE}: {', '.join(left_out)}.",) if left_out else ()
    return _make(path, text, _numbered(path, records), choices, notes, lone=records == [whole])


def _records_of_lines(path: Path, text: Text) -> Iterator[Record]:
    for number, line in text.lines():
        try:
            record = _load(line)
        except _Twice as problem:
            raise InputError(
                f"{path} can't be read as JSON Lines: line {number} has the key {problem} twice."
            ) from None
        except (ValueError, RecursionError):
            raise InputError(
                f"Line {number} of {path} is not valid JSON; give one object a line."
            ) from None
        if not isinstance(record, dict):
            raise InputError(
                f"Line {number} of {path} is not a JSON object; give one object a line."
            )
        yield f"Line {number}", record


def _records_of_array(path: Path, text: Text) -> Iterator[Record]:
    try:
        whole = _load(str(text))
    except _Twice as problem:
        raise InputError(f"{path} has an object with the key {problem} twice.") from None
    except json.JSONDecodeError as problem:
        raise InputError(f"Line {problem.lineno} of {path} is not valid JSON.") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} holds values that are too deep or too long for JSON.") from None
    yield from _numbered(path, whole)


def _split_object(path: Path, whole: Any) -> tuple[list[Any], list[str]]:
    if not isinstance(whole, dict):
        raise InputError(f"{path} holds no JSON objects; give an array of them.")
    return ([whole], []) if shape_of(whole).tool is not None else find_records(whole)


def _numbered(path: Path, whole: Iterable[Any]) -> Iterator[Record]:
    for number, record in enumerate(whole, 1):
        if not isinstance(record, dict):
            raise InputError(f"Record {number} of {path} is not a JSON object.")
        yield f"Record {number}", record


class _Twice(ValueError):
    """A key stands twice in an object."""


def _load(text: str) -> Any:
    return json.loads(
        text, object_pairs_hook=_without_twice, parse_int=_whole, parse_float=as_float
    )


def _without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(repr(next(name for name in names if names.count(name) > 1)))
    return made


def _whole(digits: str) -> Any:
    if len(digits) > _LONG:
        raise ValueError("a number of too many digits")
    return int(digits)


def _make(
    path: Path,
    text: Text,
    records: Iterable[Record],
    choices: Choices,
    notes: tuple[str, ...] = (),
    lone: bool = False,
) -> Found:
    """Make a table of records; one that is ``lone`` may hold the rows that were meant."""
    columns = _Columns(path)
    shape: Shape | None = None
    for place, record in records:
        shape = shape_of(record) if shape is None else shape
        try:
            flat = shape.flat(record)
        except (KeyError, TypeError, AttributeError):
            raise InputError(
                f"{place} of {path} is not made like the first, which {shape.tool} wrote."
            ) from None
        columns.add(place, flat)
    if shape is None or not columns.values:
        raise InputError(f"{path} holds no rows.")
    found = shape.name_answers(columns.finish())
    _check_characters(path, columns.places, found)
    table, reasons = make_table(found, choices, "dates")
    if lone and shape.tool is None and len(columns.places) == 1:
        notes = (*notes, *_tell_lists(columns.values))
    notes = (*text.notes, *notes, *shape.notes(), *columns.notes())
    return Found(table, notes, reasons, written_in(found, table))


def _tell_lists(columns: dict[str, list[Any]]) -> Iterator[str]:
    """Say of the only row that its lists are values, as they may be the rows that were meant."""
    lists = [
        name
        for name, (value,) in columns.items()
        if isinstance(value, list) and len(value) > 1 and _kind(value) != "list of numbers"
    ]
    if lists:
        yield (
            f"{_ONE}, lists and all: {', '.join(lists)}; for a row of each entry, give an array of "
            "objects."
        )


class _Columns:
    """Values by column and record, each column of one kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, list[Any]] = {}
        self.places: list[str] = []
        self._kinds: dict[str, str] = {}
        self._joined: set[str] = set()

    def add(self, place: str, record: dict[str, Any]) -> None:
        rows = len(self.places)
        self.places.append(place)
        for key, value in record.items():
            self._check_kind(place, key, value)
            held = self.values.setdefault(key, [])
            held.extend([None] * (rows - len(held)))
            held.append(value)

    def _check_kind(self, place: str, key: str, value: Any) -> None:
        kind = _kind(value)
        if kind is None:
            return
        before = self._kinds.setdefault(key, kind)
        if kind == before:
            return
        if {kind, before} == {"string", "list of strings"}:
            self._kinds[key] = "list of strings"
        elif "list" in (kind, before) and kind.startswith("list") and before.startswith("list"):
            self._kinds[key] = kind if before == "list" else before
        else:
            raise InputError(
                f"{place} of {self.path} has a {kind} under {key!r}, which holds a {before} before."
            )

    def finish(self) -> dict[str, list[Any]]:
        """Give all columns in their full length, lists of at most one text as that text."""
        made = {}
        for key, held in self.values.items():
            held.extend([None] * (len(self.places) - len(held)))
            made[key] = self._single(key, held) if "list" in self._kinds.get(key, "") else held
        return made

    def _single(self, key: str, held: list[Any]) -> list[Any]:
        lists = [[v] if isinstance(v, str) else v for v in held]
        if self._kinds[key] in ("list", "list of strings"):
            if all(v is None or len(v) <= 1 for v in lists):
                return [v[0] if v else None for v in lists]
            self._joined.add(key)
        return lists

    def notes(self) -> tuple[str, ...]:
        names = ", ".join(sorted(self._joined))
        return (f"Lists are written as texts with semicolons: {names}.",) if names else ()


def _kind(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        kinds = {_kind(one) for one in value} - {None}
        if not kinds:
            return "list"
        return f"list of {kinds.pop()}s" if len(kinds) == 1 else "list of mixed values"
    return {bool: "boolean", str: "string", dict: "object"}.get(type(value), "number")


def _check_characters(path: Path, places: list[str], columns: dict[str, list[Any]]) -> None:
    """Refuse halves of characters, which JSON can hold and no text file can."""
    for name, values in columns.items():
        try:
            "".join(v for v in values if isinstance(v, str)).encode()
            name.encode()
        except UnicodeEncodeError:
            row = next((i for i, v in enumerate(values) if isinstance(v, str) and _is_half(v)), 0)
            raise InputError(
                f"{places[row]} of {path} holds half of a character under {name!a}."
            ) from None


def _is_half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)
