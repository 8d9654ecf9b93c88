"""The note in which our references keep what RIS has no tag for, or would change."""

import json

_BEGINS = "motherlode "


def write_note(values: dict[str, str]) -> str:
    """Write values by column as a note of one line, with no change to any of them."""
    return _BEGINS + json.dumps(values, ensure_ascii=False)


def read_note(note: str) -> dict[str, str] | None:
    """Read what `write_note` wrote; None for any other note.

    Examples
    --------
    >>> read_note(write_note({"row": "7", "label": " a"}))
    {'row': '7', 'label': ' a'}
    >>> read_note("motherlode is a word of miners")
    """
    if not note.startswith(_BEGINS):
        return None
    try:
        found = json.loads(note.removeprefix(_BEGINS))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): str(value) for name, value in found.items()}
