"""What the positives are called: sentences of estimates and rules, in the words of their reader.

Rules and estimators know of positives alone. A project looks for "rows of fraud", and says so: the
sentences are put into these words in one place, once they are made.
"""

import re

from .._inert.description import pluralise

POSITIVES = "positives"
"""What they are called where nobody says otherwise."""

_ROWS = "rows "
_PRONOUNS = {
    "a": "one",
    "1": "1",
    "every": "each",
    "some": "some",
    "another": "another",
    "which": "which",
}
_FORMS = re.compile(
    r"\b(?:(?P<none>[Nn])o positive is|"
    r"(?P<one>[Aa]|1|[Ee]very|[Ss]ome|another|which) positive(?!s)\b|"
    r"(?P<count>[\d,]+) of them positive\b|(?P<all>[Pp]ositives)\b)"
)


def name_positives(sentence: str, name: str = POSITIVES) -> str:
    """Say a sentence on positives with the name that they have.

    Parameters
    ----------
    sentence : str
        As a rule or an estimator makes it.
    name : str
        What several of them are called, as in "rows of fraud".

    Examples
    --------
    >>> name_positives("No positive is found yet. Find at least one.", "rows of fraud")
    'No row of fraud is found yet. Find at least one.'
    >>> name_positives("40 labels without a positive, of 100; positives thin out.", "urgent mails")
    '40 labels without one of the urgent mails, of 100; urgent mails thin out.'
    """
    if name == POSITIVES:
        return sentence

    def rename(found: re.Match[str]) -> str:
        if found["all"]:
            return name[:1].upper() + name[1:] if found["all"][0] == "P" else name
        if found["count"]:
            return f"among them {count_positives(int(found['count'].replace(',', '')), name)}"
        single = _name_one(name)
        if found["none"]:
            return f"{found['none']}o {single} is" if single else _of(f"{found['none']}one", name)
        return (
            f"{found['one']} {single}"
            if single
            else _of(_PRONOUNS.get(word := found["one"].lower(), word), name)
        )

    return _FORMS.sub(rename, sentence)


def count_positives(n: int, name: str = POSITIVES) -> str:
    """Count positives by the name that they have.

    Examples
    --------
    >>> count_positives(1, "rows of fraud"), count_positives(2), count_positives(1, "urgent mails")
    ('1 row of fraud', '2 positives', '1 of the urgent mails')
    """
    single = _name_one(name)
    if single is None:
        return f"1 of the {name}" if n == 1 else f"{n:,} {name}"
    return pluralise(n, single, name)


def _name_one(name: str) -> str | None:
    if name == POSITIVES:
        return "positive"
    return f"row {name.removeprefix(_ROWS)}" if name.startswith(_ROWS) else None


def _of(pronoun: str, name: str) -> str:
    return f"{pronoun} of the {name}" + (" is" if pronoun.lower() == "none" else "")
