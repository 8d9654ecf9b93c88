"""Why a row is asked, in the words of those who label.

Strategies give their reasons as measures, which are kept as they are in the log and in the answers
of the learner. Here, and nowhere else, they become sentences for people who label: on the page and
in the terminal. The measures stay to be read under Details.
"""

import re
from collections.abc import Callable

_UNSURE = "The model is unsure about this one"
_DISPUTED = "Several models disagree about this one"
_LIKELY = "Looks most like {positive}"
_NEW = "Unlike anything labelled yet"
_ODD = "Stands out from the other rows"
_TYPICAL = "Stands for many rows that are like it"
_GROUP = "May be one of a small group of its own"
_LIKE_KNOWN = "Much like a row that is labelled {positive}"
_MATCHES = "Matches what you are looking for"
_CLOSEST = "The closest left to what you are looking for"
_TO_MEASURE = "Drawn at random, to measure"
_CONTROL = "Control: drawn at random from "
_TO_BEGIN = "Drawn at random, as too little is labelled to choose by"

_BY_STRATEGY = {
    **dict.fromkeys(
        ("Margin", "PresumedMargin", "Entropy", "LeastConfidence", "InformationDensity", "Badge",
         "Direct", "Galaxy", "BALD", "EPIG"),
        _UNSURE,
    ),
    **dict.fromkeys(("QueryByCommittee", "BoostedVoteEntropy"), _DISPUTED),
    **dict.fromkeys(("MostLikely", "ContinuousLearning", "ENS"), _LIKELY),
    **dict.fromkeys(("KCentre", "LocalNovelty", "Unvisited", "ProbCover"), _NEW),
    **dict.fromkeys(("AnomalyFeedback", "KDE", "LOF", "RareInterleave"), _ODD),
    **dict.fromkeys(("Typical", "TypiClust"), _TYPICAL),
    "NNDM": _GROUP,
    **dict.fromkeys(("GCMI", "FLQMI"), _LIKE_KNOWN),
    "Random": _TO_MEASURE,
}  # fmt: skip
"""What a strategy asks for, by the name that its reasons begin with."""

_AS_THEY_ARE = {
    "you chose it yourself": "You chose it yourself",
    "drawn to evaluate a model": "Drawn at random, to see how good a model is",
    "you took your answer back": "You took your answer back",
    "a second annotator is asked too, to see how well you agree": (
        "A second annotator is asked too, to see how well you agree"
    ),
    "drawn at random, as a share of rows is, to see what is left to find": (
        "Drawn at random, to measure what is left to find"
    ),
    "no ranking is ready, so this row was drawn at random": (
        "Drawn at random, as the model has not chosen rows yet"
    ),
}

_POSITIVE = re.compile(r"; positive class: .*$", re.S)
_HEAD = re.compile(r"(?:last layer: )?([A-Z][^:;]*?)(?::| -?(?:\d|inf|nan))")
_NAME = re.compile(r"[A-Za-z]\w*")
_DENSE = re.compile(r"region='(?:dense|compact)'")
_SOUGHT = re.compile(r"\bp\((.+?)\) = |, for class (.+?)(?=;|$)")
_SHARE = re.compile(r"ByPrior: among the first ([\d.]+)% of the pool by ")
_MOVED_UP = "moved up by the prior"
_ROW = re.compile(r"(?<=\bof row )\d+(?=, which )|(?<=\bto row )\d+(?=, a known positive)")
_FEW = 10.0  # per cent of the pool

NameRow = Callable[[int], str]


def word_reason(
    reason: str | None, name_row: NameRow = str, positive: str | None = None
) -> str | None:
    """Put a reason into the words of those who label.

    Parameters
    ----------
    reason : str or None
        As a strategy or the queue gives it.
    name_row : callable, optional
        Gives the user's id of a row, by its global row id.
    positive : str or None
        What is looked for, as of `motherlode.project._data.settings.Settings.positive_name`; by
        default the class that the reason names.

    Examples
    --------
    >>> word_reason("Margin 0.537; p(refund) = 0.27")
    'The model is unsure about this one'
    >>> word_reason("ContinuousLearning: p(refund) = 0.7 with 91 rows presumed negative")
    'Looks most like refund'
    >>> word_reason("A copy of row 17, which is labelled fraud", "P{:03}".format)
    'A copy of row P017, which is labelled fraud'
    """
    if reason is None:
        return None
    plain = _POSITIVE.sub("", reason)
    if plain in _AS_THEY_ARE:
        return _AS_THEY_ARE[plain]
    if (share := _SHARE.match(plain)) is not None:
        return _MATCHES if float(share[1]) <= _FEW else _CLOSEST
    if _MOVED_UP in plain:
        return _MATCHES
    said = _find_words(plain)
    if said is None:  # of somebody's own strategy, in words of its own
        said = name_rows(plain, name_row)
        return said[:1].upper() + said[1:]
    named = _SOUGHT.search(plain)
    one = (named and (named[2] or named[1])) or positive or "what you are looking for"
    return said.format(positive=one)


def name_rows(reason: str, name_row: NameRow) -> str:
    """Write the rows that a reason names as people know them, by their own ids."""
    return _ROW.sub(lambda found: name_row(int(found[0])), reason)


def _find_words(plain: str) -> str | None:
    head = _HEAD.match(plain)
    names = [] if head is None else _NAME.findall(head[1])
    known = next((name for name in names if name in _BY_STRATEGY), None)
    if "exploring at random" in plain or "nothing is labelled yet" in plain:
        return _TO_BEGIN
    if plain.startswith(_CONTROL) or (head is not None and plain.endswith(": drawn at random")):
        return _TO_MEASURE
    if "no row of the positive class is known" in plain:
        return _TO_BEGIN
    if head is not None and _DENSE.search(head[1]):
        return _TYPICAL
    return None if known is None else _BY_STRATEGY[known]
