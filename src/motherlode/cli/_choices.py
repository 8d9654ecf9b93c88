"""What people say of a file: the options that init, teach and simulate share."""

import codecs
import csv
from collections.abc import Collection
from typing import Annotated, cast, get_args

import typer

from .._files.choices import CellKind, Choices
from .._files.class_names import ClassNames
from ..errors import InputError

Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type", help="How to read a column, as COL=text, number, date or boolean; repeatable."
    ),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", help="A code for missing values, as in -99; repeatable."),
]
Encoding = Annotated[
    str | None, typer.Option(help="How the file's characters are encoded, as in cp1252.")
]


def make_choices(
    types: list[str] | None,
    missing: list[str] | None,
    encoding: str | None,
    texts: frozenset[str] = frozenset(),
) -> Choices:
    """Check what was typed."""
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise InputError(
                f"--encoding is {encoding!r}; name one that Python knows, as in cp1252 or utf-16."
            ) from None
    return Choices(texts, _read_kinds(types or []), frozenset(missing or []), encoding)


def _read_kinds(types: list[str]) -> dict[str, CellKind]:
    kinds: dict[str, CellKind] = {}
    known = get_args(CellKind)
    for text in types:
        name, sign, kind = text.rpartition("=")
        if not sign or kind not in known:
            raise InputError(f"--type is {text!r}; say COLUMN=KIND, of {', '.join(known)}.")
        kinds[name] = cast(CellKind, kind)
    return kinds


def check_kinds(choices: Choices, names: list[str]) -> None:
    """See that the columns whose kinds are told are there."""
    unknown = next((name for name in choices.kinds if name not in names), None)
    if unknown is not None:
        raise InputError(f"--type names the column {unknown!r}, which the file does not have.")


def split_names(text: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """Split names at commas, unless the whole is a name; a name with a comma stands in quotes.

    Examples
    --------
    >>> split_names('dry, "a, b", 19" screen')
    ('dry', 'a, b', '19" screen')
    """
    if text in known:
        return (text,)
    try:
        parts = next(csv.reader([text], skipinitialspace=True, strict=True), [])
    except csv.Error:  # a quote that never closes is a character like others
        parts = text.split(",")
    return tuple(part.strip() for part in parts if part.strip())


def read_minority(given: list[str] | None, names: ClassNames) -> tuple[str, ...] | None:
    """Read positive classes: each as it is, or one with commas between."""
    if not given:
        return None
    listed = given if len(given) > 1 or names.has(given[0]) else split_names(given[0])
    found = [names.find(name.strip()) for name in listed]
    return tuple(name for name in found if name is not None)
