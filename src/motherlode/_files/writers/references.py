"""RIS, the file that reference managers exchange, with the label of each reference."""

from collections.abc import Iterator, Mapping

from ..reference_forms import RIS
from ..ris_note import write_note
from .lines import Lines, require_labels, texts_of
from .needed import need

_RELEVANT, _IRRELEVANT = "ASReview_relevant", "ASReview_irrelevant"


def write_references(lines: Lines) -> Iterator[bytes]:
    """Write a reference for each row.

    A column that has the name of an RIS field, as our reader or rispy gives it (title, abstract,
    authors, year, journal, doi …), goes to its tag. In other tables the texts become title and
    abstract. An answer is the tag ``LB``. Where a positive class is named there is also a note of
    ASReview. One more note holds the row number, what a model says and what has no tag, as JSON.

    Raises
    ------
    InputError
        If rispy is not installed, or the lines have no labels.
    """
    need("rispy", "ris", "RIS files need rispy")
    require_labels(lines, "RIS")
    return _write(lines)


def _write(lines: Lines) -> Iterator[bytes]:
    from rispy import RisWriter

    class Writer(RisWriter):
        def set_header(self, count: int) -> None:
            """Write no number before a reference."""

    tags = {name: tag for tag, name in RisWriter.DEFAULT_MAPPING.items()}
    fields = _choose_fields(lines, RisWriter.DEFAULT_MAPPING)
    lists = {name for name, tag in tags.items() if tag in RisWriter.DEFAULT_LIST_TAGS}
    for table in lines.tables:
        references = [_make(line, lines, fields, lists) for line in texts_of(table)]
        yield (Writer().formats(references) + "\n").encode()


def _choose_fields(lines: Lines, names: Mapping[str, str]) -> dict[str, str]:
    """Choose the field of RIS for each column that has one, by the names of all tags."""
    known = {name: name for name in names.values()}
    known |= {name: names[tags[0]] for name, tags in RIS.items()}
    own = (*lines.named[:1], *lines.shown)
    fields = {name: known[name] for name in own if name in known.keys() - _OURS}
    if not {"title", "abstract"} & set(fields) and not lines.is_image:
        places = ("title", "abstract") if len(lines.main) > 1 else ("abstract",)
        fields |= dict(zip(lines.main, places, strict=False))
    return fields


_TYPE = "type_of_reference"
_OURS = frozenset({"label", "notes", "end_of_reference", "unknown_tag"})


def _make(
    line: dict[str, str | None], lines: Lines, fields: dict[str, str], lists: set[str]
) -> dict[str, object]:
    from rispy.config import TYPE_OF_REFERENCE_MAPPING

    found: dict[str, object] = {}
    tagged = set()
    for name, field in fields.items():
        text = " ".join((line[name] or "").split())
        is_apt = field != _TYPE or text in TYPE_OF_REFERENCE_MAPPING
        if text and is_apt and field not in found:
            found[field] = text.split("; ") if field in lists else text
            tagged.add(name)
    label, notes = line[str(lines.label)], []
    if label is not None and lines.is_answered:
        found["label"] = label
        if lines.positive:
            notes.append(_RELEVANT if label in lines.positive else _IRRELEVANT)
    exact = {n: v for n, v in line.items() if v and (n in lines.as_is or n not in tagged)}
    return found | {"notes": [*notes, write_note(exact)]}
