"""All pages that are written from the code, and how Sphinx has them written."""

import re
from pathlib import Path
from typing import Any

from .api import write_api
from .benchmarks import write_benchmarks
from .commands import write_commands
from .contributing import write_contributing
from .names import write_names
from .settings import write_settings

WRITTEN_WHOLE = ("reference/names", "benchmarks", "contributing")
"""Folders in which nothing is written by hand."""


def write_pages() -> dict[str, str]:
    """Write all pages, by the names of their files in ``docs``."""
    return {
        "reference/commands.md": write_commands(),
        "reference/api.md": write_api(),
        "reference/settings.md": write_settings(),
        **{f"reference/names/{name}": text for name, text in write_names().items()},
        **write_contributing(),
        **{f"benchmarks/{name}": text for name, text in write_benchmarks().items()},
    }


def put_pages(app: Any) -> None:
    """Write the files that have changed, and remove those of names that are gone."""
    folder, pages = Path(app.srcdir), write_pages()
    for old in [file for room in WRITTEN_WHOLE for file in (folder / room).glob("*")]:
        if f"{old.parent.relative_to(folder).as_posix()}/{old.name}" not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def leave_out(app: Any, what: str, name: str, value: Any, skip: bool, options: Any) -> bool | None:
    """Leave out the methods that scikit-learn adds, which say what they are in its own words."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def setup(app: Any) -> dict[str, bool]:
    """Let Sphinx write the pages before it reads any."""
    app.connect("builder-inited", put_pages, priority=100)
    app.connect("autodoc-skip-member", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
