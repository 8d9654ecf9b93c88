"""Short texts in English from packages of Debian: sayings, names of pictograms, definitions."""

import gzip
import re
from functools import partial

from benchmarks.datasets.packages import Package
from benchmarks.proving.sources.languages import fortunes, topics
from benchmarks.proving.sources.source import Cut, Labelled, Source, cuts
from benchmarks.proving.sources.texts import labelled

UNICODE = Package("apt", "unicode-data", "usr/share/unicode", "Unicode licence")
FOLDOC = Package("apt", "dict-foldoc", "usr/share/dictd", "GFDL-1.2+")
_ENGLISH = fortunes("fortunes", "as BSD's fortune")

_TOPIC = re.compile(r"<([a-z ]+)(?:,[^>]*)?>")


def _pictograms() -> Labelled:
    """Names of emoji and the group each is in; those that differ by a skin tone are dropped."""
    pairs: dict[str, str] = {}
    group = ""
    with UNICODE.path("emoji", "emoji-test.txt").open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# group:"):
                group = line.removeprefix("# group:").strip()
            elif "; fully-qualified" in line and "skin tone" not in line:
                pairs.setdefault(line.split("#", 1)[1].split(maxsplit=2)[2].strip(), group)
    return labelled(pairs)


def definitions() -> Labelled:
    """Entries of the dictionary of computing, and the topic each is marked with.

    An entry starts at a line that is not indented. Its topic stands between angle brackets at
    the start of the definition and is taken out of the text.
    """
    with gzip.open(FOLDOC.path("foldoc.dict.dz"), "rt", encoding="utf-8") as file:
        entries = re.split(r"\n(?=\S)", file.read())
    pairs: dict[str, str] = {}
    for entry in entries:
        if found := _TOPIC.search(entry[:200]):
            text = entry[: found.start()] + entry[found.end() :]
            pairs.setdefault(" ".join(text.split()), found[1])
    return labelled(pairs)


SOURCES = [
    Source(
        "fortunes-en",
        "lines",
        _ENGLISH,
        partial(topics, _ENGLISH),
        "collected sayings, as the package",
        cuts(
            "food:50 law:100 medicine:100 startrek:50 computers:200 sports:50 love:100 perl:30",
            rows=1_800,
        ),
    ),
    Source(
        "emoji",
        "lines",
        UNICODE,
        _pictograms,
        "Unicode licence",
        [
            Cut("Food & Drink", 20),
            Cut("Animals & Nature", 30),
            Cut("Smileys & Emotion", 50),
            Cut("Activities", 100),
        ],
        ("emoji/emoji-test.txt",),
    ),
]
