"""S-CAL: ever larger batches, of each of which a random part is labelled."""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..session import Batch, Session
from ._base import Advice, WhileRowsAreLeft, counted, share


def batch_size(after: int) -> int:
    """S-CAL's next batch: a tenth larger than the one before, rounded up; the first is 1.

    Examples
    --------
    >>> batch_size(0), batch_size(10), batch_size(11)
    (1, 11, 13)
    """
    return 1 if after < 1 else after + -(-after // 10)


def expected_positives(
    batches: "list[Batch] | tuple[Batch, ...]",
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Horvitz–Thompson estimates of the positives in each batch, ``positives * size / drawn``.

    Examples
    --------
    >>> expected_positives([Batch(30, 30, 12), Batch(90, 30, 4)]).tolist()
    [12.0, 12.0]
    """
    return np.array([b.positives * b.size / b.drawn if b.drawn else 0.0 for b in batches])


@dataclass(frozen=True)
class SampledBatches(WhileRowsAreLeft):
    """S-CAL: batches cover the pool, and a random part of each says how many positives it holds.

    `motherlode.searches.Ladder` leads a learner so. Stops once every row was in a batch. `depth`
    then says how many batches, in the order made,
    hold the target's share of the positives: those are the rows to read.

    Parameters
    ----------
    recall : float, default 0.95

    Notes
    -----
    With at most 30 labels a batch and batches that grow by a tenth, the labels grow with the
    logarithm of the pool. The estimate for each batch is unbiased; the paper's correction
    factor, which was tuned on one collection, is left out.

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
        share(self.recall, "recall")

    @property
    def promises(self) -> str:
        """An estimate, not a bound."""
        return (
            f"That the batches up to the depth given hold {self.recall:.0%} of the positives in "
            "expectation; with few positives labelled the spread is wide."
        )

    def depth(self, session: Session) -> int:
        """How many batches hold the target's share of the positives estimated.

        All of them where no positive was seen, as that says nothing of where positives are.
        """
        held = np.cumsum(expected_positives(tuple(session.batches)))
        if not len(held):
            raise InputError("The session has no batches; S-CAL needs them.")
        if not held[-1]:
            return len(held)
        return int(np.searchsorted(held, self.recall * held[-1] - 1e-9)) + 1

    def _advise(self, session: Session) -> Advice:
        """Stop when the pool is used up."""
        covered = sum(b.size for b in session.batches if b.drawn)
        if covered < session.pool_size or not covered:
            why = f"Batches cover {covered:,} of {session.pool_size:,} rows."
            return Advice(False, why, f"Batches of the other {session.pool_size - covered:,} rows.")
        total = float(expected_positives(tuple(session.batches)).sum())
        if not total:
            drawn = counted(sum(b.drawn for b in session.batches), "row")
            why = f"Batches cover the pool, and of {drawn} drawn from them none is positive."
            return Advice(False, why, "A positive; label more rows of each batch.")
        why = f"Batches cover the pool, and hold some {counted(round(total), 'positive')}."
        first = counted(self.depth(session), "batch", "batches")
        return Advice(True, why, f"Read the first {first}.")
