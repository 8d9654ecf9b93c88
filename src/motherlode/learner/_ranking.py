"""The unlabelled rows, likeliest first, by the final model."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from .._inert.description import Described, Description
from .._round.training_set import TrainingSet
from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.blocks import Block, over_blocks, threads_for
from .._rows.random_by_row import random_numbers
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..models._committee import stratified_bag
from ..pool import Pool

_BAGS = 5
_TIES = 17  # a random stream of its own


class RankedRow(NamedTuple):
    """A row of a ranking.

    Attributes
    ----------
    row : int
        Global row id.
    probability : float
        That the row is of the class.
    deviation : float
        By how much the probability changes with the labels that the model was fitted on.
    """

    row: int
    probability: float
    deviation: float


@dataclass(frozen=True, eq=False, repr=False)
class RankedRows(Described):
    """Unlabelled rows, likeliest first; a loop over it gives a `RankedRow` each.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global row ids.
    probabilities : ndarray of shape (n,)
        That each is of the class, by the final model.
    deviations : ndarray of shape (n,)
        How sure the model is: the standard deviation of the probability, in the same unit, among
        five final models, each fitted on labels drawn again with replacement.
    classes : tuple
        Of which class, or of which classes together.
    """

    rows: Rows
    probabilities: Floats
    deviations: Floats
    classes: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RankedRow]:
        columns = (self.rows, self.probabilities, self.deviations)
        for row, probability, deviation in zip(*columns, strict=True):
            yield RankedRow(int(row), float(probability), float(deviation))

    def _describe(self) -> Description:
        from ._telling import describe_ranking

        return describe_ranking(self)


def rank_rows(
    training: TrainingSet,
    fitted: Any,
    fit: Callable[[TrainingSet], Any],
    codes: tuple[int, ...],
    most: int | None,
) -> RankedRows:
    """Rank the rows that are left by the probability of some classes, in one pass over the pool.

    Parameters
    ----------
    training : TrainingSet
        The labels so far.
    fitted : fitted classifier
        The final model, for rows in the form of the pool's data.
    fit : callable
        Fits such a model on other labels.
    codes : tuple of int
        The places of the classes among the declared ones.
    most : int or None
        How many rows to return; None for all.
    """
    labels = training.classes[list(codes)].tolist()
    reader = _Reader(fitted, training.pool, labels)
    left = training.left
    rows, found = _find_likeliest(reader, left, len(left) if most is None else most, training)
    readers = [_Reader(fit(bag), training.pool, labels) for bag in _draw_bags(training)]
    deviations = _measure_deviations(readers, rows)
    return RankedRows(rows, found, deviations, tuple(labels))


class _Reader:
    """A fitted model with the matrix of the pool that it reads, and the columns of some labels.

    Rows went through the pool's transformer already, perhaps an encoder that takes minutes; so the
    model is taken from behind it.
    """

    def __init__(self, fitted: Any, pool: Pool, labels: list[Any]) -> None:
        behind = take_from_behind(fitted, pool.transformer)
        self.model, self.matrix = (fitted, pool.data) if behind is None else (behind, pool.features)
        if not hasattr(fitted, "predict_proba"):
            raise InputError(
                f"A ranking goes by probabilities and {type(fitted).__name__} gives none; take "
                "learner.predict_proba(rows), or a model that has predict_proba."
            )
        own = np.asarray(fitted.classes_).tolist()
        self.columns = [own.index(label) for label in labels if label in own]

    def probabilities(self, X: Matrix) -> Floats:
        P = np.asarray(self.model.predict_proba(X), dtype=np.float64)
        return np.asarray(P[:, self.columns].sum(axis=1))


def take_from_behind(model: Any, transformer: Any) -> Any:
    """Copy a fitted model without the pool's transformer; None if it is not in it."""
    if transformer is None:
        return None
    if isinstance(model, Pipeline):
        if model.steps[0][1] is not transformer:
            return None
        rest = model.steps[1:]
        return rest[0][1] if len(rest) == 1 else Pipeline(rest)
    inner = {
        name: take_from_behind(value, transformer)
        for name, value in vars(model).items()
        if isinstance(value, BaseEstimator)
    }
    inner = {name: value for name, value in inner.items() if value is not None}
    if not inner:
        return None
    found = copy(model)
    vars(found).update(inner)
    return found


def _find_likeliest(
    reader: _Reader, left: Unlabelled, most: int, training: TrainingSet
) -> tuple[Rows, Floats]:
    """Find the likeliest rows, best first; ties are broken by random numbers of the rows."""

    def predict(block: Block, ids: Rows) -> tuple[Rows, Floats]:
        return ids, np.asarray(block.apply(reader.probabilities, ids))

    kept: tuple[Rows, Floats] = np.empty(0, dtype=np.int64), np.empty(0)
    waiting = [kept]
    held = 0
    for found in over_blocks(reader.matrix, left, predict, threads_for(reader.model)):
        waiting.append(found)
        held += len(found[0])
        if held > 2 * most:
            waiting = [_keep_best(waiting, most, training)]
            held = len(waiting[0][0])
    return _keep_best(waiting, most, training)


def _keep_best(
    parts: list[tuple[Rows, Floats]], most: int, training: TrainingSet
) -> tuple[Rows, Floats]:
    rows = np.concatenate([rows for rows, _ in parts])
    P = np.concatenate([P for _, P in parts])
    ties = random_numbers((*training.seed, _TIES), rows)
    best = np.lexsort((ties, -P))[:most]
    return rows[best], P[best]


def _draw_bags(training: TrainingSet) -> Iterator[TrainingSet]:
    """Draw the labels again with replacement, within each class, as often as bags are wanted."""
    rng = np.random.default_rng([*training.seed, _TIES])
    for number in range(_BAGS):
        bag: Codes = stratified_bag(training.codes, rng)
        yield replace(
            training,
            rows=training.rows[bag],
            codes=training.codes[bag],
            seed=(*training.seed, number),
        )


def _measure_deviations(readers: list[_Reader], rows: Rows) -> Floats:
    """Compute the standard deviation of the readers' probabilities of some rows."""
    if not len(rows):
        return np.empty(0)
    ids, place = np.unique(rows, return_inverse=True)

    def measure(block: Block, some: Rows) -> Floats:
        each = [block.apply(reader.probabilities, some) for reader in readers]
        return np.asarray(np.std(each, axis=0))

    parts = over_blocks(readers[0].matrix, ids, measure, threads_for(readers[0].model))
    return np.concatenate(list(parts))[place]
