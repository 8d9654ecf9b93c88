"""Columns of ours beside those of the data: their names, and how a file that has them is known.

Who reads an export as new data does not mean its columns of labels, annotators and probabilities:
a model would read the answers in them.
"""

from collections.abc import Sequence

_OF_ROWS = ("row", "label", "state", "annotators", "labelled_at")
_OF_ANSWERS = {
    *_OF_ROWS, "channel", "strategy", "probability", "drawn_from", "asked_after", "arm", "query",
    "utility", "model_version", "asked_at", "seconds", "note", "tags", "event", "content_changed",
}  # fmt: skip
_OF_PREDICTIONS = {"decision", "probability", "reasons"}
_EACH = "probability_"  # and a class
WRITTEN = "written by motherlode, no data"
"""Why such a column is left out."""


def find_own_columns(names: Sequence[str]) -> list[str]:
    """Find the columns that an export or a prediction wrote, beside those of the data.

    Parameters
    ----------
    names : sequence of str
        All columns of a file. Ours are found only where it has all of those that tell it.

    Examples
    --------
    >>> find_own_columns(["amount", "decision", "probability", "probability_fraud", "reasons"])
    ['decision', 'probability', 'probability_fraud', 'reasons']
    >>> find_own_columns(["amount", "label", "probability"])
    []
    """
    ours: set[str] = set()
    if set(_OF_ROWS) <= set(names):
        ours |= _OF_ANSWERS
    if set(names) >= _OF_PREDICTIONS:
        ours |= _OF_PREDICTIONS
    return [name for name in names if name in ours or (ours and name.startswith(_EACH))]


def rename_apart(names: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Give columns that have the names of ours others, which begin with ``data_``.

    Parameters
    ----------
    names : sequence of str
        Columns of the data.
    ours : sequence of str
        Those that are written beside them.

    Examples
    --------
    >>> rename_apart(["amount", "label", "data_label"], ["row", "label"])
    ['amount', 'data_data_label', 'data_label']
    """
    taken, made = {*names, *ours}, []
    for name in names:
        new = name
        while new in ours or new in made or (new != name and new in taken):
            new = f"data_{new}"
        made.append(new)
    return made
