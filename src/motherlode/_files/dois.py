"""The DOI of a work, wherever it stands in a text."""

import re

_DOI = re.compile(r"10\.\d{4,}/\S+")


def find_doi(text: str) -> str:
    """Find the DOI in an address or among other words; nothing if there is none.

    Examples
    --------
    >>> find_doi("https://doi.org/10.1000/xyz123."), find_doi("PMID 7")
    ('10.1000/xyz123', '')
    """
    found = _DOI.search(text)
    return found[0].rstrip(".,;") if found else ""
