"""References as reference managers and data bases export them: RIS and PubMed's format (NBIB)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from ..errors import InputError
from .cell_texts import converted
from .cells import type_cells
from .characters import Text, open_text
from .choices import Choices, Found
from .ris_note import read_note

Reference = dict[str, list[str]]

_RIS_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*))?$")
_NBIB_LINE = re.compile(r"([A-Z]{2,4}) {0,3}- (.*)$")

RIS = {
    "title": ("TI", "T1", "CT"),
    "abstract": ("AB", "N2"),
    "authors": ("AU", "A1"),
    "year": ("PY", "Y1", "DA"),
    "journal": ("JO", "JF", "T2", "JA", "J2"),
    "doi": ("DO",),
    "keywords": ("KW",),
    "type": ("TY",),
    "volume": ("VL",),
    "number": ("IS",),
    "start_page": ("SP",),
    "end_page": ("EP",),
    "issn": ("SN",),
    "publisher": ("PB",),
    "language": ("LA",),
    "urls": ("UR",),
    "accession_number": ("AN",),
    "database": ("DB", "DP"),
    "id": ("ID",),
    "notes": ("N1",),
    "label": ("LB",),
}
"""Our names of what a reference holds, each with its tags in RIS, the usual one first."""
_NBIB = {
    "title": ("TI", "BTI"),
    "abstract": ("AB",),
    "authors": ("FAU", "AU"),
    "year": ("DP",),
    "journal": ("JT", "TA"),
    "doi": ("LID", "AID"),
    "keywords": ("OT", "MH"),
    "type": ("PT",),
    "volume": ("VI",),
    "number": ("IP",),
    "pages": ("PG",),
    "issn": ("IS",),
    "language": ("LA",),
    "pmid": ("PMID",),
    "pmc": ("PMC",),
}
_SAME = {"FAU", "AU"}  # NBIB gives authors in full and in short
_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant|not_seen)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[5-9]|20|21)\d\d\b")
_DOI = re.compile(r"10\.\d{4,}/\S+")
_JOIN = "; "


def read_references(path: Path, choices: Choices) -> Found:
    """Read RIS or NBIB, whichever it is, whatever the ending says."""
    return make_references(path, open_text(path, "RIS", choices), choices)


def tells_references(text: Text) -> bool:
    """Tell whether the first line that is not blank is that of a reference."""
    _, first = next(text.lines())
    return re.match(r"TY {1,2}- |PMID {0,3}- ", first) is not None


def make_references(path: Path, text: Text, choices: Choices) -> Found:
    """Make a table of the references in a text."""
    first = next((line for _, line in text.lines() if _NBIB_LINE.match(line)), "")
    if first.startswith("PMID"):
        return table_of(_split_nbib(path, text), _NBIB, choices, text.notes)
    return table_of(_split_ris(path, text), RIS, choices, text.notes)


def _split_ris(path: Path, text: Text) -> Iterator[Reference]:
    """Give each reference from its line TY on, whether a line ER ends it or the next TY does."""
    held: Reference | None = None
    last = ""
    seen = False
    for number, line in text.lines():
        found = _RIS_LINE.match(line.rstrip().lstrip("\ufeff"))
        tag, value = (found[1], found[2] or "") if found else ("", line)
        if tag == "TY":
            if held is not None:
                yield held
            held, seen = {"TY": [value.strip()]}, True
        elif tag == "ER":
            if held is not None:
                yield held
            held = None
        elif held is not None:
            _append(held, tag or last, value.strip(), goes_on=not tag)
        elif tag or not (seen or number < 20 or _is_counter(line)):
            raise InputError(
                f"Line {number} of {path} stands outside of a reference, which begins with TY."
            )
        last = tag or last
    if held is not None:
        yield held
    if not seen:
        raise InputError(f"{path} holds no reference in RIS, which begins with a line TY.")


def _is_counter(line: str) -> bool:
    return re.fullmatch(r"\s*\d+\.?\s*", line) is not None


def _split_nbib(path: Path, text: Text) -> Iterator[Reference]:
    held: Reference = {}
    last = ""
    for number, line in text.lines():
        found = _NBIB_LINE.match(line.rstrip())
        if found is None:
            if not held or not line.startswith(" "):
                raise InputError(f"Line {number} of {path} has no tag, as in 'TI  - A title'.")
            _append(held, last, line.strip(), goes_on=True)
            continue
        last = found[1]
        if last == "PMID" and held:
            yield held
            held = {}
        _append(held, last, found[2].strip(), goes_on=False)
    yield held


def _append(held: Reference, tag: str, value: str, *, goes_on: bool) -> None:
    """Add a value of a tag; a line without a tag goes on with the line before."""
    values = held.setdefault(tag, [])
    if goes_on and values:
        values[-1] = f"{values[-1]} {value}".strip()
    elif value:
        values.append(value)


def table_of(
    references: Iterable[Reference],
    names: Mapping[str, tuple[str, ...]],
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


def _row(
    reference: Reference, names: Mapping[str, tuple[str, ...]], known: set[str]
) -> dict[str, str]:
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
        found = next((d for values in held for v in values if (d := _DOI.search(v))), None)
        return found[0].rstrip(".,;") if found else ""
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
