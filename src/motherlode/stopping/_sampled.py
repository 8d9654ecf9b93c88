"""S-CAL: batches that grow, of each of which a random part is labelled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._inert.description import pluralise
from .._rows.arrays import Floats
from ..errors import InputError
from ..estimation._value import check_share
from ..session import Batch, Session
from ._base import Advice, WhileRowsAreLeft


def batch_size(after: int) -> int:
    """Return the size of S-CAL's next batch: a tenth larger, rounded up; the first is 1.

    Parameters
    ----------
    after : int
        Rows of the batch before; 0 for the first batch.

    Examples
    --------
    >>> batch_size(0), batch_size(10), batch_size(11)
    (1, 11, 13)
    """
    return 1 if after < 1 else after + -(-after // 10)


def _expected_positives(batches: Sequence[Batch]) -> Floats:
    """Estimate the positives of each batch (Horvitz–Thompson), as ``positives * size / drawn``."""
    return np.array([b.positives * b.size / b.drawn if b.drawn else 0.0 for b in batches])


@dataclass(frozen=True)
class SampledBatches(WhileRowsAreLeft):
    """Stop when batches cover the pool; a random part of each says how many positives it holds.

    This is S-CAL, and `motherlode.searches.Ladder` leads a learner so. When every row was in a
    batch, `depth` says how many batches, in the order made, hold the target's share of the
    positives: those are the rows to read.

    Parameters
    ----------
    recall : float in (0, 1), default 0.95
        The share of the positives that the batches to read shall hold.

    Notes
    -----
    With at most 30 labels a batch and batches that grow by a tenth, the labels grow with the
    logarithm of the pool. Sizes (B + ⌈B / 10⌉ after B, the first 1) and the estimate of each batch
    (r B / b from r positives among b labels) are the paper's. The estimate is unbiased; the paper's
    correction factor 1.05, which was tuned on one collection, is left out. The paper goes on to
    choose a threshold of the scores of a final model, and here batches are read to a depth.

    References
    ----------
    Cormack & Grossman (2016), Scalability of continuous active learning for reliable
    high-recall text classification, CIKM.

    Examples
    --------
    >>> session = Session(120, [False], batches=[Batch(30, 30, 12), Batch(90, 30, 4)])
    >>> SampledBatches(0.9).advise(session).stop, SampledBatches(0.5).depth(session)
    (True, 1)
    """

    recall: float = 0.95

    paper = "Cormack & Grossman 2016 (S-CAL)"
    reads = frozenset({"batches"})
    assumes = "That the labelled part of each batch is drawn at random."

    def __post_init__(self) -> None:
        check_share(self.recall, "recall")

    @property
    def promises(self) -> str:
        """What holds when the rule says stop: an estimate, not a bound."""
        return (
            f"That the batches up to the depth given hold {self.recall:.0%} of the positives in "
            "expectation; with few positives labelled the spread is wide."
        )

    def depth(self, session: Session) -> int:
        """Say how many batches hold the target's share of the positives estimated.

        If no positive was seen it is all of them, since nothing says where positives are.

        Parameters
        ----------
        session : Session
            With the batches so far.
        """
        held = np.cumsum(_expected_positives(session.batches))
        if not len(held):
            raise InputError("The session has no batches; S-CAL needs them.")
        if not held[-1]:
            return len(held)
        return int(np.searchsorted(held, self.recall * held[-1] - 1e-9)) + 1

    def _advise(self, session: Session) -> Advice:
        covered = sum(b.size for b in session.batches if b.drawn)
        if covered < session.pool_size or not covered:
            why = f"Batches cover {covered:,} of {session.pool_size:,} rows."
            return Advice(False, why, f"Batches of the other {session.pool_size - covered:,} rows.")
        total = float(_expected_positives(session.batches).sum())
        if not total:
            drawn = pluralise(sum(b.drawn for b in session.batches), "row")
            why = f"Batches cover the pool, and of {drawn} drawn from them none is positive."
            return Advice(False, why, "A positive; label more rows of each batch.")
        why = f"Batches cover the pool, and hold some {pluralise(round(total), 'positive')}."
        first = pluralise(self.depth(session), "batch", "batches")
        return Advice(True, why, f"Read the first {first}.")
