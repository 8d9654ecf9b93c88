"""How pages that are written from code draw a table."""

from collections.abc import Iterable


def write_table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Write a table of two columns; nothing where it has no rows."""
    cells = [" | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) for row in rows]
    return (
        [f"| {title} | what it is |", "|---|---|", *(f"| {row} |" for row in cells), ""]
        if cells
        else []
    )
