"""Links of files elsewhere in the tree, as they are from the pages that the site makes of them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
CODE = "https://github.com/motherlode-dev/motherlode/blob/main/"


def lead_to_site(text: str, source: Path, page: str, pages: Mapping[Path, str]) -> str:
    """Rewrite the links of a text.

    Parameters
    ----------
    text : str
        In Markdown.
    source : Path
        The file that it stands in.
    page : str
        The page that it is put on, as a path in ``docs``.
    pages : mapping of Path to str
        Files elsewhere that the site has, and where in ``docs`` each lies.
    """

    def lead(found: re.Match[str]) -> str:
        address, mark, anchor = found[1].partition("#")
        if re.match(r"[a-z]+:", address) or not address:
            return found[0]
        target = (source.parent / address).resolve()
        to = DOCS / pages[target] if target in pages else target
        if to.is_relative_to(DOCS):
            led = Path(os.path.relpath(to, (DOCS / page).parent)).as_posix()
        else:
            led = f"{CODE}{to.relative_to(ROOT).as_posix()}"
        return f"]({led}{mark}{anchor})"

    return re.sub(r"\]\(([^)\s]+)\)", lead, text)
