"""The positive rows of a sentence, under the name of their class."""

import re

_FORMS = (
    (re.compile(r"\bpositives\b"), "rows of {}"),
    (re.compile(r"\bPositives\b"), "Rows of {}"),
    (re.compile(r"\b(is|are) positive\b"), r"\1 of {}"),
    (re.compile(r"\brow positive\b"), "row {}"),
    (re.compile(r"\bpositive\b"), "row of {}"),
    (re.compile(r"\bPositive\b"), "Row of {}"),
)


def name_class(sentence: str, name: str) -> str:
    """Write a sentence of a stopping rule with the name of the class in place of "positive".

    Parameters
    ----------
    sentence : str
        It knows no class: rules are the same for all projects.
    name : str
        The name of the class that is looked for, or the names, joined.

    Examples
    --------
    >>> name_class("No positive is found yet, and 1,200 positives may be left.", "fraud")
    'No row of fraud is found yet, and 1,200 rows of fraud may be left.'
    """
    name = name.replace("\\", r"\\")
    for form, words in _FORMS:
        sentence = form.sub(words.format(name), sentence)
    return sentence
