"""How a row came to be labelled, as a project keeps it.

Leases and events hold a `Provenance`. The columns of their tables, of exports and of the API follow
from its fields, so a new field is added here, or to `motherlode.session.Origin`, and in a
migration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

from ...session import Origin


@dataclass(frozen=True, slots=True)
class Provenance(Origin):
    """An origin, and what only a project knows of it.

    Attributes
    ----------
    channel : {"query", "control", "double", "search", "given", "settle", "evaluation"}
        Asked by the strategy; a control draw; asked of a second annotator too; found by search;
        brought in a file; given to settle a disagreement; or drawn to evaluate a model.
    strategy, probability, drawn_from, asked_after, arm
        As in `motherlode.session.Origin`, as they were when the row was asked. Estimates count
        again from the log, since others label at the same time.
    query : int or None
        The ranking that asked.
    utility : float or None
        Of the row in that ranking.
    model_version : int or None
        The last event that the asking model had seen.
    asked_at : float or None
        When the row was first given out, in seconds since 1970; None until it is.
    """

    query: int | None = None
    utility: float | None = None
    model_version: int | None = None
    asked_at: float | None = None


def field_types(declared: Any) -> dict[str, type]:
    """Find the fields of a dataclass, each with the type of its values that are not None."""
    hints = get_type_hints(declared)
    return {f.name: next(iter(get_args(hints[f.name])), hints[f.name]) for f in fields(declared)}


HOW = field_types(Provenance)
"""The fields of a provenance, each with the type of its values."""

_DEFAULTS: list[Any] = [field.default for field in fields(Provenance)]
_UNKNOWN = {field.name: field.default for field in fields(Provenance) if not field.default}


def provenance_to_dict(how: Provenance) -> dict[str, Any]:
    """Give the fields of a provenance as tables have them, None for what is not known.

    Examples
    --------
    >>> known = provenance_to_dict(Provenance("query", "Margin"))
    >>> [name for name, value in known.items() if value is not None]
    ['channel', 'strategy']
    """
    values = {name: getattr(how, name) for name in HOW}
    return {n: None if n in _UNKNOWN and v == _UNKNOWN[n] else v for n, v in values.items()}


def provenance_from_values(values: Iterable[Any]) -> Provenance:
    """Make a provenance of the values of `HOW` in their order, None for what is not known."""
    known = [d if v is None else v for v, d in zip(values, _DEFAULTS, strict=True)]
    return Provenance(*known)


def provenance_from_dict(values: Mapping[str, Any]) -> Provenance:
    """Make a provenance of what `provenance_to_dict` gave, among other values."""
    return Provenance(**{name: values[name] for name in HOW if values[name] is not None})
