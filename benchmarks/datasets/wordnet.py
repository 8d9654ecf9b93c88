"""WordNet's glosses; the lexicographers' files say what each is about."""

from functools import partial

import numpy as np

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.packages import Package

PACKAGE = Package("apt", "wordnet-base", "usr/share/wordnet", "WordNet licence")
_FEELING, _FOOD = "12", "13"  # numbers of the lexicographer files noun.feeling and noun.food


def _glosses(topic: str) -> Rows:
    """First word and gloss of every synset; lines that start with blanks are the licence."""
    texts: list[str] = []
    topics: list[str] = []
    for part in ("noun", "verb", "adj", "adv"):
        with PACKAGE.path(f"data.{part}").open(encoding="latin-1") as lines:
            for line in lines:
                if line.startswith("  "):
                    continue
                head, _, gloss = line.partition("|")
                fields = head.split()
                topics.append(fields[1])
                texts.append(f"{fields[4].replace('_', ' ')}: {gloss.strip()}")
    return Rows(texts, np.array(topics) == topic)


_wordnet = partial(Entry, "text", package=PACKAGE, licence="free, notice kept")

ENTRIES = {
    "wordnet_feeling": _wordnet(
        Counts(117_659, None, 428),
        read=partial(_glosses, _FEELING),
        note="large; short glosses; labels by experts",
    ),
    "wordnet_food": _wordnet(
        Counts(117_659, None, 2_573),
        read=partial(_glosses, _FOOD),
        note="large; short glosses; labels by experts",
    ),
}
