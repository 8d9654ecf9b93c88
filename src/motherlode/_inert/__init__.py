"""Texts of users, made safe to show where characters can be commands, as on a terminal."""

import re

# Commands of terminals, but for tab and line feed, and marks that turn the order of letters round.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def make_inert(text: str) -> str:
    r"""Leave out each character that would command a terminal or turn the text round.

    What is left takes the same place on a screen, as these characters take none.

    Examples
    --------
    >>> make_inert("\x1b[2J" + "ore")
    '[2Jore'
    """
    return _CONTROL.sub("", text)


def make_inert_json(text: str) -> str:
    """Write the same characters of a JSON text as escapes, which read as the characters.

    Examples
    --------
    >>> make_inert_json('"a' + chr(0x9B) + '"') == '"a' + chr(92) + 'u009b"'
    True
    """
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
