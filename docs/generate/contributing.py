"""The pages for those who go on: the files at the root of the tree, and the map of the house."""

from .house import House, draw_house, read_house
from .links import ROOT, lead_to_site

FILES = {
    "CONTRIBUTING.md": "contributing/index.md",
    "ARCHITECTURE.md": "contributing/architecture.md",
    "RELEASING.md": "contributing/releasing.md",
    "CHANGELOG.md": "reference/changes.md",
}
MAP = """
## The map of the house

The floors are those of [Architecture](architecture.md), and imports go down only. An arrow leads to
what a room needs, unless a chain of other arrows says so already; a thicker one is of more imports.
Rooms that are private have a broken border. `python -m docs.generate.house house.svg` draws it from
the imports.

![The rooms by floors, and what each imports](house.svg)

| room | modules | lines | imports |
|---|--:|--:|---|
"""


def write_contributing() -> dict[str, str]:
    """Write the pages and the map, by the names of their files in ``docs``."""
    house = read_house()
    pages = {(ROOT / name).resolve(): page for name, page in FILES.items()}
    written = {
        page: lead_to_site(path.read_text(encoding="utf-8"), path, page, pages)
        for path, page in pages.items()
        if page.startswith("contributing/")
    }
    toctree = "\n```{toctree}\n:hidden:\n\narchitecture\nreleasing\n```\n"
    written["contributing/index.md"] += MAP + _rooms(house) + toctree
    return written | {"contributing/house.svg": draw_house(house)}


def _rooms(house: House) -> str:
    return "".join(
        f"| `{room}` | {house.modules[room]} | {house.lines[room]:,} | "
        f"{', '.join(f'`{one}`' for one in house.imported_by(room)) or 'nothing'} |\n"
        for room in house.rooms
    )
