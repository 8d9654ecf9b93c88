"""The keys of labelling in the terminal, which are those of the page."""

from collections.abc import Collection, Mapping
from string import punctuation

from ..errors import InputError

UNSURE, SKIP, UNDO, NOTE, TAGS = "u", "s", "z", "n", "t"
GUIDELINES, WHY, HELP, QUIT = "g", "w", "?", "q"
BACK, FORWARD = "left", "right"
END = "end"
"""The input is over, by Ctrl-D or the end of a pipe."""

# As in web/static/keys.js, and then signs, since a terminal has no buttons beside.
_OF_CLASSES = "123456789" + "0abdehjklopqrvxy" + punctuation.replace("?", "")
_ACTIONS = {
    UNSURE: "unsure: nobody can tell",
    SKIP: "skip: not this one",
    UNDO: "undo the last answer",
    BACK: "look back",
    FORWARD: "look forward again",
    NOTE: "write a note",
    TAGS: "give tags",
    GUIDELINES: "guidelines",
    WHY: "why this row",
    HELP: "these keys",
    QUIT: "quit",
}
_SIGNS = {BACK: "←", FORWARD: "→"}


def assign_keys(classes: tuple[str, ...]) -> dict[str, str]:
    """Give each class its key: a digit, then letters.

    A letter that a class has is no longer the key of what the terminal does beside, as on the page.

    Examples
    --------
    >>> assign_keys(("spam", "ham", "scam"))
    {'1': 'spam', '2': 'ham', '3': 'scam'}
    """
    if len(classes) > len(_OF_CLASSES):
        raise InputError(
            f"There are {len(classes)} classes and keys for {len(_OF_CLASSES)} of them; label on "
            "the page, which `motherlode serve` opens."
        )
    return dict(zip(_OF_CLASSES, classes, strict=False))


def find_action(key: str, classes: Mapping[str, str]) -> str | None:
    """Find what a key does beside giving a class; None if it does nothing."""
    key = key.lower()
    return key if key in _ACTIONS and key not in classes else None


def explain_keys(
    classes: Mapping[str, str], of: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """List each key, and what it does; of some alone, which are no classes, if they are named."""
    actions = [(key, what) for key, what in _ACTIONS.items() if key not in classes]
    listed = [(_SIGNS.get(key, key), what) for key, what in actions if of is None or key in of]
    return listed if of is not None else [*classes.items(), *listed]
