"""The forms that references come in: how lines make references, and what their tags mean."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError
from .characters import Text

Reference = dict[str, list[str]]
Names = Mapping[str, tuple[str, ...]]

_RIS_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*))?$")
_NBIB_LINE = re.compile(r"([A-Z]{2,4}) {0,3}-(?: (.*))?$")
_WOS_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$")
_REFER_LINE = re.compile(r"%([0-9A-Z@!?$&(*+<>^~=\[\]#|])(?: (.*))?$")

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
_WOS = {
    "title": ("TI",),
    "abstract": ("AB",),
    "authors": ("AF", "AU"),
    "year": ("PY", "EA"),
    "journal": ("SO", "J9"),
    "doi": ("DI",),
    "keywords": ("DE", "ID"),
    "type": ("DT", "PT"),
    "volume": ("VL",),
    "number": ("IS",),
    "start_page": ("BP",),
    "end_page": ("EP",),
    "issn": ("SN", "EI"),
    "publisher": ("PU",),
    "language": ("LA",),
    "pmid": ("PM",),
    "accession_number": ("UT",),
}
_REFER = {
    "title": ("T",),
    "abstract": ("X",),
    "authors": ("A",),
    "year": ("D", "8"),
    "journal": ("J", "B"),
    "doi": ("R",),
    "keywords": ("K",),
    "type": ("0",),
    "volume": ("V",),
    "number": ("N",),
    "pages": ("P",),
    "issn": ("@",),
    "publisher": ("I",),
    "language": ("G",),
    "urls": ("U",),
    "accession_number": ("M",),
    "database": ("W",),
    "notes": ("Z",),
    "label": ("F",),
}
_WOS_LISTS = {"AU", "AF", "BA", "BF", "BE", "C1", "CR"}  # a line is a value, where others wrap


def _split_ris(path: Path, text: Text) -> Iterator[Reference]:
    """Give each reference from its line TY on, whether a line ER ends it or the next TY does."""
    held: Reference | None = None
    last = ""
    seen = False
    for number, line in text.lines():
        found = _match(_RIS_LINE, line)
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
        raise InputError(
            f"{path} holds no references: no line begins one, as 'TY  - ' does in RIS, 'PMID- ' "
            "in PubMed's form, 'PT ' in that of Web of Science, and '%0 ' in EndNote's."
        )


def _is_counter(line: str) -> bool:
    return re.fullmatch(r"\s*\d+\.?\s*", line) is not None


def _split_nbib(path: Path, text: Text) -> Iterator[Reference]:
    held: Reference = {}
    last = ""
    for number, line in text.lines():
        found = _match(_NBIB_LINE, line)
        if found is None:
            if not held or not line.startswith(" "):
                raise InputError(f"Line {number} of {path} has no tag, as in 'TI  - A title'.")
            _append(held, last, line.strip(), goes_on=True)
            continue
        last = found[1]
        if last == "PMID" and held:
            yield held
            held = {}
        _append(held, last, (found[2] or "").strip(), goes_on=False)
    yield held


def _split_wos(path: Path, text: Text) -> Iterator[Reference]:
    held: Reference = {}
    last = ""
    for number, line in text.lines():
        found = _match(_WOS_LINE, line)
        if found is None:
            if not line.startswith("  ") or not last:
                raise InputError(f"Line {number} of {path} has no tag, as in 'TI A title'.")
            _append(held, last, line.strip(), goes_on=last not in _WOS_LISTS)
            continue
        last = found[1]
        if last == "ER" or (last == "PT" and "PT" in held):
            yield held
            held = {}
        if last not in ("ER", "FN", "VR", "EF"):
            _append(held, last, (found[2] or "").strip(), goes_on=False)
    if held:
        yield held


def _split_refer(path: Path, text: Text) -> Iterator[Reference]:
    held: Reference = {}
    last = ""
    for number, line in text.lines():
        found = _match(_REFER_LINE, line)
        if found is None:
            if not last:
                raise InputError(f"Line {number} of {path} has no tag, as in '%T A title'.")
            _append(held, last, line.strip(), goes_on=last != "K")
            continue
        last = found[1]
        if last == "0" and held:
            yield held
            held = {}
        _append(held, last, (found[2] or "").strip(), goes_on=False)
    yield held


def _append(held: Reference, tag: str, value: str, *, goes_on: bool) -> None:
    """Add a value of a tag; a line without a tag goes on with the line before."""
    values = held.setdefault(tag, [])
    if goes_on and values:
        values[-1] = f"{values[-1]} {value}".strip()
    elif value:
        values.append(value)


class Form(NamedTuple):
    """A form of references.

    Attributes
    ----------
    begins : pattern
        Of the first line of a reference, or of a file.
    tagged : pattern
        Of a line that has a tag.
    names : mapping of str to tuple of str
        Our names of what a reference holds, each with its tags, the usual one first.
    split : callable
        Gives the references of a text, each as the values of its tags.
    """

    begins: re.Pattern[str]
    tagged: re.Pattern[str]
    names: Names
    split: Callable[[Path, Text], Iterator[Reference]]


_FORMS = (
    Form(re.compile(r"TY {1,2}- "), _RIS_LINE, RIS, _split_ris),
    Form(re.compile(r"PMID {0,3}- "), _NBIB_LINE, _NBIB, _split_nbib),
    Form(re.compile(r"FN \S|PT [JBSP]$"), _WOS_LINE, _WOS, _split_wos),
    Form(re.compile(r"%0 "), _REFER_LINE, _REFER, _split_refer),
)


def form_of(text: Text) -> Form:
    """Tell the form by the first line that begins one; RIS, which then complains, if none does."""
    return next((form for _, line in text.lines() if (form := _begun(line))), _FORMS[0])


def tells_references(text: Text) -> bool:
    """Tell whether the first line begins a reference, and the next one has a tag too."""
    (_, first), *others = islice(text.lines(), 2)
    form = _begun(first)
    return form is not None and any(_match(form.tagged, line) for _, line in others)


def _begun(line: str) -> Form | None:
    return next((form for form in _FORMS if _match(form.begins, line)), None)


def _match(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Match a line whose tag may have no value, and which may stand behind a mark of its order."""
    return pattern.match(line.rstrip().lstrip("\ufeff"))
