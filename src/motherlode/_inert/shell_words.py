"""What people copy into a shell."""

import shlex


def as_typed(path: object) -> str:
    """Write a path as a shell takes it for one word: in quotes where it holds a space.

    Examples
    --------
    >>> as_typed("fraud"), as_typed("letters of May")
    ('fraud', "'letters of May'")
    """
    return shlex.quote(str(path))
