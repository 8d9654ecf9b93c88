"""EndNote's XML export of references."""

from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder  # nosec B405 - no parser of it is used
from xml.parsers import expat

from ..errors import InputError
from .choices import Choices, Found
from .reference_forms import Reference
from .references import table_of
from .unpacking import open_packed

_NAMES = {
    "title": ("titles/title",),
    "abstract": ("abstract",),
    "authors": ("contributors/authors/author",),
    "year": ("dates/year",),
    "journal": ("periodical/full-title", "titles/secondary-title", "alt-periodical/full-title"),
    "doi": ("electronic-resource-num",),
    "keywords": ("keywords/keyword",),
    "type": ("ref-type",),
    "volume": ("volume",),
    "number": ("number",),
    "pages": ("pages",),
    "issn": ("isbn",),
    "publisher": ("publisher",),
    "language": ("language",),
    "urls": ("urls/related-urls/url", "urls/web-urls/url"),
    "accession_number": ("accession-num",),
    "database": ("remote-database-name",),
    "id": ("rec-number",),
    "notes": ("notes", "research-notes"),
    "label": ("label",),
}
_DEPTH = 100  # elements in each other; a tree of any depth could end the process


def read_endnote(path: Path, choices: Choices) -> Found:
    """Read the references of EndNote's XML; other XML is refused."""
    root = _parse(path)
    records = list(root.iter("record"))
    if root.tag not in ("xml", "records") or not records:
        raise InputError(f"{path} is XML, but holds no references of EndNote.")
    return table_of(map(_reference, records), _NAMES, choices, ())


def _reference(record: Element) -> Reference:
    held: Reference = {}
    for paths in _NAMES.values():
        for place in paths:
            for one in record.findall(place):
                text = one.get("name") if place == "ref-type" else "".join(one.itertext())
                if text and text.strip():
                    held.setdefault(place, []).append(" ".join(text.split()))
    return held


def _parse(path: Path) -> Element:
    """Parse XML without entities of its own: they can grow without bound, or read other files."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    open_tags = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal open_tags
        open_tags += 1
        if open_tags > _DEPTH:
            raise InputError(f"{path} has elements within elements without end.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal open_tags
        open_tags -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise InputError(f"{path} declares entities, which a file of references does not need.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        with open_packed(path) as file:
            while block := file.read(2**20):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise InputError(f"Line {problem.lineno} of {path} is not well-formed XML.") from None
    except (LookupError, ValueError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{path} is XML in an encoding that can't be read.") from None
    return builder.close()
