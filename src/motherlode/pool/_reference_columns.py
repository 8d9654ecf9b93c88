"""Columns of references, told by the words of their names."""

import re
from collections.abc import Sequence


def find_named(word: str, names: Sequence[str]) -> str | None:
    """Find the first column with a word in its name, in lower case."""
    return next((name for name in names if word in re.split(r"[\W_]+", name.casefold())), None)


def find_reference(names: Sequence[str]) -> tuple[str, ...]:
    """Find the title and the abstract of references, if that is what rows are.

    Examples
    --------
    >>> find_reference(["Article Title", "year", "Abstract"]), find_reference(["title", "text"])
    (('Article Title', 'Abstract'), ())
    """
    title, abstract = find_named("title", names), find_named("abstract", names)
    return () if abstract is None or title is None or title == abstract else (title, abstract)
