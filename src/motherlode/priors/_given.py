"""Priors that come as numbers: a column, an array of scores, a fitted model."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_outlier_detector

from .._inert.description import pluralise
from .._rows.arrays import Floats, Rows
from .._rows.matrix import is_frame, take
from ..errors import InputError, first_line
from ..pool import Pool
from ..pool._columns import open_frame, read_column
from ._prior import Prior


@dataclass(frozen=True)
class Column(Prior):
    """A column of the pool's own frame that holds scores, the likelier the higher.

    Parameters
    ----------
    name : str
        The column; a gap in it means that nothing is known of the row.
    """

    name: str

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if the pool has no such column of numbers."""
        self.score(pool, np.zeros(1, dtype=np.int64))

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Read the column."""
        frame = take(pool.data, rows)
        if not is_frame(frame):
            raise InputError(
                f"The prior is the column {self.name!r}, and this pool's data has no columns with "
                "names; give an array of scores, one for each row."
            )
        opened = open_frame(frame)
        if self.name not in opened.columns:
            raise InputError(
                f"The prior is the column {self.name!r}, and the pool has none of that name; its "
                f"columns are {', '.join(opened.columns)}."
            )
        series = opened.get_column(self.name)
        if series.dtype == nw.Boolean:
            series = series.cast(nw.Float64)
        column = read_column(self.name, series)
        if column.kind not in ("numbers", "nothing"):
            raise InputError(
                f"The prior is the column {self.name!r}, which holds {column.kind} and no numbers; "
                "give a column of scores, the likelier the higher."
            )
        if column.kind == "nothing":
            return np.full(len(rows), np.nan)
        return np.asarray(column.values, dtype=np.float64)

    def describe(self) -> str:
        """Name the column."""
        return f"the column {self.name!r}"


@dataclass(frozen=True, eq=False)
class Scores(Prior):
    """A score for each row of the pool, the likelier the higher.

    Parameters
    ----------
    values : array-like of shape (n,)
        In the order of the rows; NaN where nothing is known. Rows that come to the pool later
        have no score.
    """

    values: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _numbers(self.values))

    @cached_property
    def digest(self) -> str:
        """What the scores are known by."""
        return blake2b(self.values.tobytes(), digest_size=16).hexdigest()

    @property
    def file_name(self) -> str:
        """What a file of the scores is called."""
        return f"prior-{self.digest}.arrow"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scores) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` unless there is one score for each row."""
        if len(self.values) != len(pool):
            raise InputError(
                f"The prior has {len(self.values):,} scores and the pool {len(pool):,} rows; give "
                "one for each row, and NaN where nothing is known."
            )

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Look the scores up."""
        known = rows < len(self.values)
        found = np.full(len(rows), np.nan)
        found[known] = self.values[rows[known]]
        return found

    def describe(self) -> str:
        """Say how many rows have a score."""
        known = int(np.isfinite(self.values).sum())
        return f"scores of {known:,} of {len(self.values):,} rows"


def _numbers(values: ArrayLike) -> Floats:
    try:
        found = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"The prior's scores are {type(values).__name__} and no numbers; give one number for "
            "each row, and NaN where nothing is known."
        ) from None
    if found.ndim != 1 or not len(found):
        raise InputError(
            f"The prior's scores have the shape {found.shape}; give one number for each row."
        )
    if np.isinf(found).any():
        raise InputError(
            f"The prior's score of row {int(np.flatnonzero(np.isinf(found))[0])} is infinite; give "
            "finite numbers, and NaN where nothing is known."
        )
    found.setflags(write=False)
    return found


@dataclass(frozen=True, eq=False)
class FittedModel(Prior):
    """A model fitted elsewhere, which reads rows as they were handed in to the pool.

    A detector of outliers, such as scikit-learn's ``IsolationForest``, does too: the further out,
    the likelier.

    Parameters
    ----------
    model : fitted model
        With ``predict_proba`` or ``decision_function``.
    name : str, optional
        What reports call it; by default its class.
    positive : label, optional
        The model's positive class. By default the second of two classes that are numbers or
        booleans.
    """

    model: Any
    name: str = ""
    positive: Any = None

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if the model cannot score the first row."""
        self._place()
        self.score(pool, np.zeros(1, dtype=np.int64))

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Predict the rows, as they were handed in."""
        if not len(rows):
            return np.empty(0)
        X, place = pool[rows], self._place()
        try:
            if hasattr(self.model, "predict_proba"):
                found = np.asarray(self.model.predict_proba(X), dtype=np.float64)
            else:
                found = np.asarray(self.model.decision_function(X), dtype=np.float64)
        except Exception as problem:
            raise InputError(
                f"{self._name}, given as prior, cannot score rows of this pool "
                f"({type(problem).__name__}: {first_line(problem).rstrip(' .')}); give a model "
                "that reads rows as they were handed in, or an array of scores."
            ) from problem
        if found.shape == (len(rows),):
            return found if place else -found
        if found.ndim != 2 or len(found) != len(rows) or found.shape[1] <= place:
            raise InputError(
                f"{self._name}, given as prior, gave scores of shape {found.shape} for "
                f"{pluralise(len(rows), 'row')}; give a model with one score for each row, or one "
                "for each of its classes."
            )
        return found[:, place]

    def _place(self) -> int:
        """Find the column of the positive class."""
        classes = getattr(self.model, "classes_", None)
        if classes is None:
            has_tags = hasattr(self.model, "__sklearn_tags__")
            # Detectors give outliers the lower scores, and what is rare is rather an outlier.
            return 0 if has_tags and is_outlier_detector(self.model) else 1
        known = np.asarray(classes).tolist()
        if self.positive is not None:
            if self.positive not in known:
                raise InputError(
                    f"{self._name}, given as prior, knows no class {self.positive!r}; its classes "
                    f"are {known}."
                )
            return int(known.index(self.positive))
        if len(known) == 2 and not any(isinstance(label, str) for label in known):
            return 1
        raise InputError(
            f"{self._name}, given as prior, knows the classes {known}; say which one is positive "
            "by FittedModel(model, positive=...)."
        )

    @property
    def _name(self) -> str:
        return self.name or type(self.model).__name__

    def describe(self) -> str:
        """Name the model."""
        return f"the model {self._name}"
