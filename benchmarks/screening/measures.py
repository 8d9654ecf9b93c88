"""What a session is judged by, each as ASReview and its package of insights compute it.

Records that are known at the start count nowhere. Once the last inclusion is read, the rest of the
order makes no difference.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.screening.session import Session
from motherlode._rows.arrays import Floats

Measure = Callable[[Session], float]


def curve(session: Session) -> Floats:
    """Inclusions found after each record, to the last record of the review."""
    answers = np.zeros(session.records)
    answers[: len(session.answers)] = [answer == "1" for answer in session.answers]
    return np.cumsum(answers)


def loss(session: Session) -> float:
    """The area between the best possible curve of recall and this one; 0 is best and 1 worst."""
    n, k = session.records, session.inclusions
    return float((k * (n - (k - 1) / 2) - curve(session).sum()) / (k * (n - k)))


def recall(share: float) -> Measure:
    """Inclusions found once that share of the records is read."""

    def of(session: Session) -> float:
        read = int(np.floor(session.records * share + 1e-9))
        return float(curve(session)[read - 1] / session.inclusions) if read else 0.0

    return of


def work_saved(share: float) -> Measure:
    """Records that need not be read to find that share, against reading at random."""

    def of(session: Session) -> float:
        n, k = session.records, session.inclusions
        wanted = max(int(np.floor(k * share + 1e-9)), 1)
        by_chance = np.round(np.linspace(0, k, n))
        earlier = np.searchsorted(by_chance, wanted) - np.searchsorted(curve(session), wanted)
        return float(earlier / n)

    return of


def gain(session: Session) -> float:
    """Normalised discounted cumulative gain (NDCG), which weighs the first records most."""
    found = np.diff(curve(session), prepend=0.0)
    discounts = 1 / np.log2(np.arange(2, len(found) + 2))
    return float(found @ discounts / discounts[: session.inclusions].sum())


def seconds_a_record(session: Session) -> float:
    """Seconds of computing for a record read."""
    return session.seconds / len(session.answers)
