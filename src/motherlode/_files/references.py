"""References as reference managers and data bases export them, as one table."""

import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from .cell_texts import converted
from .cells import type_cells
from .characters import Text, open_text
from .choices import Choices, Found
from .dois import find_doi
from .reference_forms import Names, Reference, form_of
from .ris_note import read_note

_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant|not_seen)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[5-9]|20|21)\d\d\b")
_JOIN = "; "


def read_references(path: Path, choices: Choices) -> Found:
    """Read references in whichever form they are, whatever the ending says."""
    return make_references(path, open_text(path, "RIS", choices), choices)


def make_references(path: Path, text: Text, choices: Choices) -> Found:
    """Make a table of the references in a text."""
    form = form_of(text)
    return table_of(form.split(path, text), form.names, choices, text.notes)


def table_of(
    references: Iterable[Reference],
    names: Names,
    choices: Choices,
    notes: tuple[str, ...],
) -> Found:
    """Make a table of references: named columns first, then other tags that any of them has."""
    known = {tag for tags in names.values() for tag in tags}
    rows = [_row(one, names, known) for one in references]
    used = dict.fromkeys(name for row in rows for name in row)
    order: list[str] = [
        n for n in ("title", "abstract", "authors", "year", "doi", "keywords") if n in used
    ]
    order += [name for name in names if name in used and name not in order]
    order += [name for name in used if name not in order]
    table = pa.table({n: pa.array([row.get(n, "") for row in rows], pa.string()) for n in order})
    typed, reasons = type_cells(table, choices)
    return Found(typed, notes, reasons, converted(table, typed))


def _row(reference: Reference, names: Names, known: set[str]) -> dict[str, str]:
    ours, reference = _take_our_note(reference)
    row = {tag: _JOIN.join(values) for tag, values in reference.items() if tag not in known}
    for name, tags in names.items():
        held = [values for tag in tags if (values := reference.get(tag))]
        if held:
            row[name] = _combine(name, held)
    _take_label(row)
    return {name: value for name, value in (row | ours).items() if value}


def _take_our_note(reference: Reference) -> tuple[dict[str, str], Reference]:
    """Take the note that our own exports have out of a reference."""
    ours: dict[str, str] = {}
    others = []
    for note in reference.get("N1", ()):
        found = read_note(note)
        if found is None:
            others.append(note)
        else:
            ours |= found
    return ours, {**reference, "N1": others} if ours else reference


def _combine(name: str, held: list[list[str]]) -> str:
    """Make one text of what several tags hold: the first's for a single value, all of lists."""
    if name == "year":
        found = next((y for values in held for v in values if (y := _YEAR.search(v))), None)
        return found[0] if found else ""
    if name == "doi":
        return next((doi for values in held for v in values if (doi := find_doi(v))), "")
    if name in ("keywords", "notes", "database"):
        return _JOIN.join(dict.fromkeys(v for values in held for v in values))
    return _JOIN.join(held[0])


def _take_label(row: dict[str, str]) -> None:
    """Make the labels that ASReview writes in notes a column, and take them out of the notes."""
    notes = row.get("notes", "")
    found = [one.lower() for one in _ASREVIEW.findall(notes)]
    if found:
        row["label"] = "" if found[-1] == "not_seen" else found[-1]
        rest = [part for part in notes.split(_JOIN) if not _ASREVIEW.search(part)]
        row["notes"] = _JOIN.join(rest)
