"""Terminals and pipes that cannot show every character: what is printed raises no error."""

import codecs
import io
import sys

_NAME = "motherlode"
_PLAIN = {
    "\u2026": "...", "\u2192": "->", "\u00d7": "x", "\u00b1": "+/-", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00b7": "-",
    "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
"""How our own signs are written with plain letters."""


def accept_any_terminal() -> None:
    """Let standard streams take every character, whatever their encoding.

    A character that a terminal lacks is written by plain letters, or as its escape.
    """
    codecs.register_error(_NAME, _write_plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _write_plainly(problem: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    lost = problem.object[problem.start : problem.end]
    escape = codecs.lookup_error("backslashreplace")
    said = ""
    for place, sign in enumerate(lost, problem.start):
        one = UnicodeEncodeError(problem.encoding, problem.object, place, place + 1, problem.reason)
        said += _PLAIN.get(sign) or str(escape(one)[0])
    return said, problem.end


def shows_all(encoding: str | None) -> bool:
    """Tell whether an encoding has every character."""
    return (encoding or "").lower().replace("-", "").startswith("utf")
