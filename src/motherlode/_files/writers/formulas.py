"""Texts for spreadsheets, in which none of them is a formula."""

import re
from typing import Any

# A spreadsheet does not show quotes before a formula, so it is a formula with them too.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]")
# Where a spreadsheet that separates cells by another sign than the comma begins a cell.
_CELL_END = re.compile(r"([;|\t\n\r])")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def neutral(value: Any) -> Any:
    """Put a quote before what a spreadsheet takes for a formula; numbers stay as they are.

    Examples
    --------
    >>> neutral("=1+1"), neutral(-1), neutral("-1"), neutral("a-b")
    ("'=1+1", -1, '-1', 'a-b')
    >>> neutral("a;=1+1")
    "a;'=1+1"
    """
    if not isinstance(value, str):
        return value
    parts = _CELL_END.split(value)
    return "".join(f"'{part}" if _is_formula(part) else part for part in parts)


def unquote(cell: str) -> str:
    """Undo `neutral`.

    Examples
    --------
    >>> unquote("'=1+1"), unquote("'tis")
    ('=1+1', "'tis")
    """
    parts = _CELL_END.split(cell)
    return "".join(p[1:] if p[:1] == "'" and _is_formula(p[1:]) else p for p in parts)


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None
