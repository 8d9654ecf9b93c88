"""Stopping rules by name, for the command line and the settings of a project."""

from collections.abc import Callable, Iterable

from .._inert.typed_shares import read_share
from .._registry import Registry, classes_by_name
from ..errors import InputError
from . import _catalogue
from ._base import Rule

NAMES: dict[str, Callable[..., Rule]] = {**classes_by_name(_catalogue, Rule)}
"""Motherlode's own names, and what makes each rule: a callable of nothing, or of one number."""

STOPPING_RULES = Registry("stopping rule", "motherlode.stopping_rules", NAMES)
"""All names: motherlode's own and those of installed packages."""


def named(text: str) -> Rule:
    """Make the rule of that name, with its default settings or with its first setting given.

    Parameters
    ----------
    text : str
        A name, as in "knee", or a name and a number, as in "target_recall:0.9", "target_recall:90%"
        or "budget:500".

    Raises
    ------
    InputError
        If there is no such rule, or the rule cannot be made from what follows the colon.

    Examples
    --------
    >>> named("target_recall:0.9")
    TargetRecall(recall=0.9, confidence=0.95)
    """
    name, colon, number = text.partition(":")
    make = STOPPING_RULES.named(name)
    try:
        return make(_read_number(number, text)) if colon else make()
    except TypeError as problem:
        raise InputError(f"The stopping rule {text!r} can't be made: {problem}.") from None


def as_rules(given: "str | Rule | Iterable[str | Rule]") -> tuple[Rule, ...]:
    """Make rules from names with commas between, from a rule, or from several of either.

    Parameters
    ----------
    given : str, Rule, or iterable of str or Rule
        Names as `named` takes them.

    Raises
    ------
    InputError
        If none is given, or a name is unknown.

    Examples
    --------
    >>> from motherlode.stopping import Budget
    >>> as_rules("budget:5, knee") == as_rules(["knee", Budget(labels=5)])[::-1]
    True
    """
    if isinstance(given, Rule):
        return (given,)
    listed = given.split(",") if isinstance(given, str) else list(given)
    if not listed or not all(isinstance(one, Rule) or str(one).strip() for one in listed):
        raise InputError(f"The stopping rules are {given!r}; name at least one, and none empty.")
    return tuple(one if isinstance(one, Rule) else named(one) for one in listed)


def register(name: str, make: Callable[..., Rule]) -> None:
    """Give a stopping rule of your own a name.

    Parameters
    ----------
    name : str
        In snake_case.
    make : callable
        The class, or anything that returns the rule when called without arguments.
    """
    STOPPING_RULES.register(name, make)


def _read_number(text: str, name: str) -> float:
    try:
        return int(text) if text.strip().lstrip("-").isdigit() else read_share(text)
    except ValueError:
        raise InputError(
            f"The stopping rule is {name!r}; after the colon stands a number, as in budget:500."
        ) from None
