"""Tell that bytes are no Western European text, and what they would be in other encodings."""

import codecs
import re
import unicodedata
from collections.abc import Iterable

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_RUN = re.compile(rb"[\x80-\x9f\xa1-\xff]{3,}")  # a0 parts words, as it does in French
_ODD = re.compile(rb"[\x81-\x83\x88\x8d\x8f\x90\x98\x9d]")
"""What Windows-1252 has no character for, or one that hardly a text holds."""
_WORD = re.compile(r"[^\W\d_a-zA-Z]+")
_LEAST, _SHARE = 8, 0.5
_SEVERAL_BYTES = ("cp932", "euc_jp", "gb18030", "cp949", "cp950")
_ONE_BYTE = (
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "cp866",
    "cp850",
    "mac_roman",
)
_LETTERS = 0.5  # of what is beyond ASCII, in a text
_MOST, _LOOKED_AT, _SHOWN = 4, 100, 12


def is_jumble(sample: bytes) -> bool:
    """Tell whether bytes are a jumble of signs in Windows-1252.

    Its letters beyond ASCII mostly stand alone in a word. Where half of them or more stand in runs
    of three that are not all alike, or are hardly ever used, the text is in another encoding.
    """
    beyond = len(_BEYOND_ASCII.findall(sample))
    runs = [run for run in _RUN.findall(sample) if len(set(run)) > 2]
    rest = _RUN.sub(b" ", sample)
    odd = sum(map(len, runs)) + len(_ODD.findall(rest))
    return odd >= max(_LEAST, _SHARE * beyond)


def list_readings(sample: bytes) -> str:
    """List encodings in which bytes are a text, each with what a word would be.

    Encodings of several bytes a letter are listed if there are any, as they fit by chance seldom.
    """
    found = _read_in(sample, _SEVERAL_BYTES) or _read_in(sample, _ONE_BYTE)
    return ", ".join(f"{name} (as in {word})" for name, word in found[:_MOST])


def _read_in(sample: bytes, names: Iterable[str]) -> list[tuple[str, str]]:
    """Read bytes in some encodings; those with the fewest capitals inside of words come first."""
    found = []
    for name in names:
        decode = codecs.getincrementaldecoder(name)("strict").decode
        try:
            text = decode(sample)  # the last letter may be cut
        except UnicodeDecodeError:
            continue
        beyond = [sign for sign in text if not sign.isascii()]
        words = _WORD.findall(text)
        if words and sum(map(_is_of_word, beyond)) >= _LETTERS * len(beyond):
            capitals = sum(map(str.isupper, "".join(word[1:] for word in words)))
            found.append((capitals, name, max(words[:_LOOKED_AT], key=len)[:_SHOWN]))
    return [(name, word) for _, name, word in sorted(found, key=lambda one: one[0])]


def _is_of_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM"
