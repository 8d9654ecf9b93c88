"""What other installed packages add, by entry points of their own.

A package names its additions in its ``pyproject.toml``::

    [project.entry-points."motherlode.strategies"]
    nearest_ten = "their_package:NearestTen"

and they can be used by name wherever motherlode's own can. Four groups are read:
``motherlode.strategies``, ``motherlode.models`` and ``motherlode.encoders`` hold callables without
arguments that return a strategy, a scikit-learn classifier or an encoder of texts or images;
``motherlode.importers`` holds functions from a path to a pyarrow table, each under the file ending
that it reads, without the dot.
"""

from importlib.metadata import EntryPoint, entry_points

from .errors import InputError
from .strategies.registry import NAMES, register

STRATEGIES, MODELS, ENCODERS, IMPORTERS = (
    "motherlode.strategies",
    "motherlode.models",
    "motherlode.encoders",
    "motherlode.importers",
)


def installed(group: str) -> dict[str, EntryPoint]:
    """Entry points of a group by name."""
    return {point.name: point for point in entry_points(group=group)}


def register_strategies() -> None:
    """Give the strategies of installed packages their names; a name that is taken stays as it is.

    Raises
    ------
    InputError
        If a package's strategy cannot be loaded.
    """
    for name, point in installed(STRATEGIES).items():
        if name in NAMES:
            continue
        try:
            register(name, point.load())
        except (ImportError, AttributeError) as problem:
            raise InputError(
                f"The strategy {name!r} of an installed package can't be loaded: {problem}."
            ) from None
