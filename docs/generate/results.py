"""The pages of results under ``benchmarks/``, as far as the site quotes them."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .links import ROOT


@dataclass(frozen=True)
class Results:
    """A page of results.

    Parameters
    ----------
    name : str
        Its path under ``benchmarks/``, without the ending.
    """

    name: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return ROOT / "benchmarks" / f"{self.name}.md"

    @property
    def page(self) -> str:
        """The name of its page on the site, without the ending."""
        folder, file = self.name.split("/")
        return folder if file == "RESULTS" else f"{folder}-{file.lower()}"

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """Its heading."""
        return self.text.split("\n", 1)[0].removeprefix("# ")

    @property
    def day(self) -> str:
        """The day of the measurement."""
        return self._first(r"Measured on (\d{4}-\d\d-\d\d)", "the day of its measurement")

    @property
    def command(self) -> str:
        """The command that makes the page anew."""
        return self._first(r"`(python -m benchmarks[^`]*)`", "its command")

    @property
    def pictures(self) -> list[tuple[str, Path]]:
        """What each picture shows, and its file."""
        found = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", self.text)
        return [(said, self.path.parent / file) for said, file in found]

    def section(self, heading: str) -> str:
        """Return what stands under a heading, up to the next one; "" is the page's own."""
        if not heading:
            return re.split(r"^##", self.text, maxsplit=1, flags=re.M)[0]
        found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", self.text, re.M | re.S)
        if found is None:
            raise ValueError(f"{self.path} has no section {heading!r}; docs/generate quotes it.")
        return found[1]

    def table(self, heading: str, nth: int = 0) -> list[list[str]]:
        """Return the cells of a table under a heading: its titles, then its rows."""
        tables = re.findall(r"(?:^\|.*\n?)+", self.section(heading), re.M)
        if nth >= len(tables):
            raise ValueError(f"{self.path} has {len(tables)} tables under {heading!r}.")
        lines = [[c.strip() for c in x.strip("|").split("|")] for x in tables[nth].splitlines()]
        return [lines[0], *lines[2:]]

    def cell(self, heading: str, nth: int, row: str, column: int | str) -> str:
        """Return the cell of the row that begins with some words, under a title or at a place."""
        titles, *rows = self.table(heading, nth)
        place = titles.index(column) if isinstance(column, str) else column
        for cells in rows:
            if cells[0] == row:
                return cells[place]
        raise ValueError(f"{self.path} has no row {row!r} under {heading!r}.")

    def _first(self, pattern: str, what: str) -> str:
        found = re.search(pattern, self.text)
        if found is None:
            raise ValueError(f"{self.path} does not say {what}.")
        return " ".join(found[1].split())
