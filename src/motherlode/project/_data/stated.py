"""What a project states of the rows before any label, as its settings and its log hold it.

It is a dict of texts and lists: what `motherlode.priors.to_json` writes of a sentence, of keywords
and of a column, and for a judge the name of an installed package's entry point. Nothing is pickled.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

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
    length = sum(map(len, texts))
    if length > LONGEST:
        raise InputError(
            f"What is looked for is stated in more than {LONGEST:,} characters, by {length:,} of "
            "them; say it shorter."
        )
    if len(texts) > _MOST_WORDS:
        raise InputError(
            f"What is looked for is stated by more than {_MOST_WORDS} keywords, by {len(texts):,} "
            "of them; give fewer."
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
        said = "the words " + ", ".join(f'"{word}"' for word in stated["words"])
    elif kind == SENTENCE:
        said = f'"{stated["text"]}"'
    else:
        said = f'the {kind} "{stated["name"]}"'
    return " ".join(said.split())


def say_search(stated: Stated) -> str:
    """Say what a search goes by, as the beginning of a sentence.

    Examples
    --------
    >>> say_search({"prior": "sentence", "text": "hip fractures"})
    'Looking for "hip fractures"'
    >>> say_search({"prior": "column", "name": "score"})
    'Going by the column "score"'
    """
    begin = "Looking for" if stated["prior"] in (SENTENCE, KEYWORDS) else "Going by"
    return f"{begin} {say_prior(stated)}"


def holds_words(plan: Any, table: pa.Table) -> bool:
    """Tell whether models read texts of the rows, which words can be compared with.

    Parameters
    ----------
    plan : Settings or RowPlan
        The kind of the rows, and the columns that models read.
    table : pyarrow.Table
        The rows.
    """
    kinds = [table.schema.field(name).type for name in plan.columns]
    return plan.kind == "text" or (
        plan.kind == "table"
        and any(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in kinds)
    )
