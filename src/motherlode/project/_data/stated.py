"""What a project states of the rows before any label, as its settings and its log hold it.

It is a dict of texts and lists: what `motherlode.priors.to_json` writes of a sentence, of keywords
and of a column, and for a judge the name of an installed package's entry point. Nothing is pickled.
"""

from collections.abc import Sequence
from typing import Any

from ...errors import InputError

Stated = dict[str, Any]

PRIOR = "prior"
"""The name of the setting."""
SENTENCE, KEYWORDS, COLUMN, JUDGE = "sentence", "keywords", "column", "judge"
_HELD = {SENTENCE: "text", KEYWORDS: "words", COLUMN: "name", JUDGE: "name"}
LONGEST = 5_000  # characters: the abstract of a paper has 1,500
_MOST_WORDS = 200


def state_prior(
    sentence: str | None = None,
    keywords: Sequence[str] = (),
    column: str | None = None,
    judge: str | None = None,
) -> Stated | None:
    """Make what is stated of one of these; None if there is none of them.

    Examples
    --------
    >>> state_prior("hip fractures")
    {'prior': 'sentence', 'text': 'hip fractures'}
    """
    given = {
        SENTENCE: (sentence or "").strip(),
        KEYWORDS: [word.strip() for word in keywords if word.strip()],
        COLUMN: column,
        JUDGE: judge,
    }
    named = [kind for kind, value in given.items() if value]
    if len(named) > 1:
        raise InputError(
            f"What you are looking for is stated by {' and by '.join(named)}; state it once."
        )
    return {"prior": named[0], _HELD[named[0]]: given[named[0]]} if named else None


def split_words(text: str | None) -> list[str]:
    """Split words and phrases that have commas between them."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def check_form(stated: Any) -> None:
    """Raise an `InputError` unless this is what `state_prior` makes; it may come from outside."""
    if stated is None:
        return
    kind = stated.get("prior") if isinstance(stated, dict) else None
    held = stated.get(_HELD[kind]) if kind in _HELD else None
    texts = held if isinstance(held, list) else [held]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InputError(
            "What is looked for is stated by a sentence, keywords, a column or a judge."
        )
    if (kind == KEYWORDS) != isinstance(held, list):
        raise InputError("Keywords are a list of texts, and all else is one text.")
    if sum(map(len, texts)) > LONGEST or len(texts) > _MOST_WORDS:
        raise InputError(
            f"What is looked for is stated in more than {LONGEST:,} characters or {_MOST_WORDS} "
            "words; say it shorter."
        )


def say_prior(stated: Stated) -> str:
    """Say what is stated, for people.

    Examples
    --------
    >>> say_prior({"prior": "keywords", "words": ["hip", "fractur*"]})
    'the words "hip", "fractur*"'
    """
    kind = stated["prior"]
    if kind == KEYWORDS:
        return "the words " + ", ".join(f'"{word}"' for word in stated["words"])
    if kind == SENTENCE:
        return f'"{stated["text"]}"'
    return f'the {kind} "{stated["name"]}"'
