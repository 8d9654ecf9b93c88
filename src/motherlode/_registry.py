"""Registries: one of each kind of thing that has a name, which other packages add to.

A package names its additions in its ``pyproject.toml``, as entry points::

    [project.entry-points."motherlode.strategies"]
    nearest_ten = "their_package:NearestTen"

and they can be used by name wherever motherlode's own can. These groups are read:

``motherlode.strategies``, ``.stopping_rules``, ``.models``, ``.encoders``
    Callables without arguments that return a strategy, a stopping rule, a scikit-learn
    classifier, or an encoder of texts or images. A stopping rule may take one number.
``motherlode.priors``
    Callables without arguments that return a judge: a `motherlode.priors.Judge`, or the function of
    a list of rows that one is made of.
``motherlode.importers``
    Functions from a path to a pyarrow table, each under the file ending that it reads, without
    the dot.
``motherlode.exporters``
    Functions from a pyarrow schema and batches of lines (dicts from column names to values) to the
    parts of a file as bytes, each under the ending that it writes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Generic, TypeVar

from .errors import InputError, first_line

Thing = TypeVar("Thing")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Registry(Generic[Thing]):
    """Everything of one kind that has a name: motherlode's own, and what packages add.

    What a package adds is loaded when it is first asked for. It cannot take a name of motherlode's.

    Parameters
    ----------
    kind : str
        What one of them is called, in a sentence.
    group : str
        The entry points that are read.
    own : dict
        By name, in snake_case; `register` adds to it.

    Examples
    --------
    >>> shapes = Registry("shape", "motherlode.shapes", {"round": 1, "very_square": 4})
    >>> shapes.named("Very square")
    4
    >>> shapes.named("ruond")
    Traceback (most recent call last):
    motherlode.errors.InputError: There is no shape named 'ruond'; did you mean 'round'?
    """

    kind: str
    group: str
    own: dict[str, Thing]

    def names(self) -> list[str]:
        """List all names, those of packages last."""
        return [*self.own, *(name for name in self._installed() if name not in self.own)]

    def named(self, name: str) -> Thing:
        """Return what has the name, in any spelling: "Most likely" is "most_likely".

        An `InputError` is raised if there is none, and suggests the closest name, or if what a
        package adds cannot be loaded.
        """
        key = normal(name)
        if key in self.own:
            return self.own[key]
        points = self._installed()
        if key not in points:
            known = self.names()
            near = get_close_matches(key, known, n=1)
            listed = f"there are {', '.join(known)}." if known else "no installed package adds any."
            hint = f"did you mean {near[0]!r}?" if near else listed
            raise InputError(f"There is no {self.kind} named {name!r}; {hint}")
        try:
            found: Thing = points[key].load()
        except (ImportError, AttributeError) as problem:
            raise InputError(
                f"The {self.kind} {name!r} of an installed package can't be loaded: {problem}."
            ) from None
        return found

    def make(self: "Registry[Callable[[], Made]]", name: str) -> Made:
        """Call what has the name, without arguments, and return what it makes.

        An `InputError` is raised as by `named`, and if the call fails.
        """
        maker = self.named(name)
        try:
            return maker()
        except InputError:
            raise
        except Exception as problem:
            raise InputError(
                f"The {self.kind} {name!r} can't be made, as it failed with "
                f"{type(problem).__name__}: {first_line(problem).rstrip(' .')}; whoever wrote it "
                "can mend it, or choose another."
            ) from problem

    def register(self, name: str, thing: Thing) -> None:
        """Give a thing a name, or raise an `InputError` if the name is taken."""
        key = normal(name)
        if key in self.own:
            raise InputError(f"The name {name!r} is taken; choose another.")
        self.own[key] = thing

    def __contains__(self, name: str) -> bool:
        key = normal(name)
        return key in self.own or key in self._installed()

    def _installed(self) -> dict[str, EntryPoint]:
        return {normal(point.name): point for point in entry_points(group=self.group)}


def normal(name: str) -> str:
    """Spell a name as registries keep it: " Most-likely " is "most_likely"."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def classes_by_name(module: ModuleType, kind: Any) -> dict[str, Any]:
    """Return the classes of a kind that a module imports, by their names in snake_case.

    Examples
    --------
    >>> import collections
    >>> sorted(classes_by_name(collections, dict))
    ['counter', 'defaultdict', 'ordered_dict']
    """
    found = (value for value in vars(module).values() if isinstance(value, type))
    return {_snake_case(one.__name__): one for one in found if issubclass(one, kind)}


def _snake_case(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()
