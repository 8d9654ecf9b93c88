"""What a project was set up with: everything that opening it needs, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..._round.labels import declared_classes, minority_codes
from ...errors import InputError
from .assigned import Assigned, check_assigned
from .receivers import check_receivers
from .stated import Stated, check_form

_STOP = ("knee", "target_recall")
"""Stopping rules of a project that names none: a tested heuristic, and one that is proved."""
_LARGEST_BATCH, _LONGEST_GUIDELINES = 10_000, 100_000
_MOST_TAGS, _LONGEST_TAG = 20, 100


@dataclass(frozen=True)
class Recipe:
    """How a project asks and learns, by names, so that nothing is pickled.

    Parameters
    ----------
    strategy : str
        A name in `motherlode.strategies`, or of an installed package's entry point.
    model : str or None
        A name of the registry of models, or of an entry point; None for the default.
    goal : {"both", "find", "learn"}
        What labels are for, as `motherlode.ActiveLearner` has it.
    seed : int
        The same seed asks the same rows.
    encoder : str or None
        A name of the registry of encoders, or of an entry point; None for TF-IDF of texts, and for
        `motherlode.embedding.Sketch` of images, which projects of earlier releases mean by it.
    copies : {"once", "each"}
        Whether equal rows, and records of one paper, are asked once, as
        `motherlode.ActiveLearner` has it.
    """

    strategy: str = "auto"
    model: str | None = None
    goal: str = "both"
    seed: int = 0
    encoder: str | None = None
    copies: str = "once"


@dataclass(frozen=True)
class Settings:
    """What a project labels, and how.

    Parameters
    ----------
    name : str
        What the page calls the project.
    classes : tuple of str
        All classes.
    minority : str, sequence of str, or None
        The positive class or classes; None to find it by its prevalence.
    kind : {"text", "image", "table", "vectors"}
        What a row is.
    columns : tuple of str
        What models read: the text columns, the image column, or columns of numbers, categories
        or vectors.
    shown : tuple of str
        Columns that annotators see, in reading order.
    id : str or None
        The column of ids; without it rows are named by row number.
    rows : int
        How many rows there are.
    digest : str
        Digest of the data, by which a changed file is noticed.
    image_root : str or None
        The folder that image paths are relative to. No file outside it is served.
    recipe : Recipe
        How it asks and learns.
    double : float
        Share of rows that a second annotator is asked too, from 0 to 1. Half of it are rows of
        every label alike, half are rows of the positive class.
    control : float
        Share of rows that are random draws, from 0 to 1; estimates rest on them.
    lease : float
        Seconds for which a row given to an annotator is given to nobody else.
    stop : tuple of str
        Stopping rules that give advice, as `motherlode.stopping.named` takes them.
    prior : dict or None
        What is stated of the rows before any label; see `motherlode.project._data.stated`.
    guidelines : str or None
        What annotators are told, as Markdown; None for the file ``guidelines.md`` of the folder.
    tags : tuple of str
        Tags that annotators give by one key each, beside those that they type.
    batch : int
        How many rows ``motherlode query`` gives out, from 1 to 10,000.
    paused : bool
        Whether nobody is given rows now.
    assigned : dict of str to dict
        Who is asked about a part of the rows alone; see `motherlode.project._data.assigned`.
    webhook : tuple of str
        Addresses that word of labels and advice is sent to.
    """

    name: str
    classes: tuple[str, ...]
    minority: str | tuple[str, ...] | None
    kind: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    id: str | None
    rows: int
    digest: str
    image_root: str | None = None
    recipe: Recipe = field(default_factory=Recipe)
    double: float = 0.0
    control: float = 0.0
    lease: float = 600.0
    stop: tuple[str, ...] = _STOP
    prior: Stated | None = None
    guidelines: str | None = None
    batch: int = 10
    tags: tuple[str, ...] = ()
    paused: bool = False
    assigned: Assigned = field(default_factory=dict)
    webhook: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        classes = declared_classes(list(self.classes))
        for label in classes.tolist():
            if not isinstance(label, str) or not label.strip() or not label.isprintable():
                raise InputError(f"A class is {label!r}; name it with printable characters.")
        if self.minority is not None:
            minority_codes(classes, self.minority)
            listed = self.positive_classes
            object.__setattr__(self, "minority", listed[0] if len(listed) == 1 else listed)
        for what, share in (("asked twice", self.double), ("drawn at random", self.control)):
            if not 0 <= share <= 1:
                raise InputError(
                    f"The share {what} is {100 * share:g} %; it lies between 0 and 100."
                )
        check_form(self.prior)
        check_assigned(self.assigned)
        check_receivers(self.webhook)
        if not 1 <= self.lease <= 7 * 86_400:
            raise InputError(f"A lease is {self.lease:g} seconds; give 1 to 604,800 (a week).")
        if not 1 <= self.batch <= _LARGEST_BATCH:
            raise InputError(f"A batch has {self.batch:,} rows; give 1 to {_LARGEST_BATCH:,}.")
        _check_tags(self.tags)
        if self.guidelines is not None:
            _check_guidelines(self.guidelines)

    @property
    def positive_classes(self) -> tuple[str, ...]:
        """The positive classes that are named."""
        if self.minority is None:
            return ()
        return (self.minority,) if isinstance(self.minority, str) else tuple(self.minority)

    @property
    def positive_name(self) -> str | None:
        """What the positive classes are called together; None if none is named."""
        return " or ".join(self.positive_classes) or None

    def to_json(self) -> str:
        """Write the settings as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Settings":
        """Read what `to_json` wrote; fields that a later release added are left out.

        Parameters
        ----------
        text : str
            JSON text.
        """
        found = json.loads(text)
        recipe = Recipe(**_known(Recipe, found.pop("recipe")))
        return Settings(**_as_tuples(_known(Settings, found)), recipe=recipe)

    def changed(self, values: Mapping[str, Any]) -> "Settings":
        """Make settings with other values, of a recipe's fields too; unknown names are left out.

        Parameters
        ----------
        values : mapping of str to object
            New values by the name of the field, lists in place of tuples.
        """
        recipe = replace(self.recipe, **_known(Recipe, values))
        return replace(self, **_as_tuples({**_known(Settings, values), "recipe": recipe}))


def _check_tags(tags: tuple[str, ...]) -> None:
    if len(tags) > _MOST_TAGS:
        raise InputError(f"There are {len(tags)} tags; at most {_MOST_TAGS} have a key.")
    for tag in tags:
        if not tag.strip() or tag != tag.strip() or not tag.isprintable() or "," in tag:
            raise InputError(f"A tag is {tag!r}; give printable characters without a comma.")
        if len(tag) > _LONGEST_TAG:
            raise InputError(f"A tag has {len(tag)} characters; give at most {_LONGEST_TAG}.")
    if len(set(tags)) < len(tags):
        raise InputError("A tag is given twice; give each once.")


def _check_guidelines(text: str) -> None:
    if len(text) > _LONGEST_GUIDELINES:
        raise InputError(
            f"The guidelines have {len(text):,} characters; at most {_LONGEST_GUIDELINES:,} are "
            "kept."
        )
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise InputError("The guidelines hold characters that are no text.")


def _as_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {n: tuple(value) if isinstance(value, list) else value for n, value in values.items()}


def _known(kind: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
