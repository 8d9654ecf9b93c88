"""S-CAL: batches of the best rows that grow and cover the pool, a random part of each labelled."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .._rows.arrays import Rows
from ..errors import InputError
from ..learner._learner import ActiveLearner
from ..session import Batch, Session
from ..stopping import batch_size


class Ladder:
    """Lead a learner down its ranking in ever larger batches, as S-CAL does.

    Each step takes the rows that the learner's strategy puts first, a tenth more than the step
    before. At most `most` of them, drawn at random, are to be labelled. The others belong to the
    batch, and are not asked again.

    Parameters
    ----------
    learner : ActiveLearner
        With a strategy that asks the likeliest positives first, such as "continuous_learning", and
        without control draws. Its labels so far are batch 0.
    most : int, default 30
        Labels in a step.
    seed : int, default 0
        Seed of the draws.

    References
    ----------
    Cormack & Grossman (2016), Scalability of continuous active learning for reliable
    high-recall text classification, CIKM.

    Examples
    --------
    >>> X = np.arange(200.0)[:, None]
    >>> y = (X[:, 0] > 180).astype(int)
    >>> learner = ActiveLearner(X, [0, 1], strategy="continuous_learning", minority=1)
    >>> learner.teach([190], [1])
    >>> ladder = Ladder(learner, most=10)
    >>> while not ladder.done:
    ...     rows = ladder.ask()
    ...     ladder.teach(rows, y[rows])
    >>> session = ladder.session()
    >>> sum(batch.size for batch in session.batches), session.labels < 180
    (200, True)
    """

    def __init__(self, learner: ActiveLearner, most: int = 30, seed: int = 0) -> None:
        if most < 1:
            raise InputError(f"most is {most}; label at least 1 row of each batch.")
        if learner.control.share:
            raise InputError(
                "The learner mixes control draws into its batches, which are then not its best "
                "rows; make it with control=0."
            )
        self._learner, self._most, self._seed = learner, most, seed
        self._steps: list[Rows] = []
        self._drawn: list[Rows] = []
        if len(learner.labelled[0]):
            self._steps.append(learner.labelled[0])
            self._drawn.append(learner.labelled[0])
        self._size, self._pending = 0, learner.labelled[0][:0]

    @property
    def done(self) -> bool:
        """Whether the batches cover the pool."""
        return not len(self._learner.unlabelled)

    def ask(self) -> Rows:
        """Draw the rows of the next batch to be labelled; they stay the same until they are taught.

        Raises
        ------
        InputError
            If the batches cover the pool.
        """
        if not len(self._pending):
            if self.done:
                raise InputError("The batches cover the pool; there is nothing to ask.")
            self._size = min(batch_size(self._size), len(self._learner.unlabelled))
            self._batch = self._learner.query(self._size).rows
            rng = np.random.default_rng([self._seed, len(self._steps)])
            count = min(self._most, self._size)
            self._pending = rng.choice(self._batch, count, replace=False).astype(np.int64)
        return self._pending

    def teach(self, rows: ArrayLike, labels: ArrayLike) -> None:
        """Record the labels of all rows that `ask` drew.

        Parameters
        ----------
        rows : array-like of int of shape (n,)
            Global row ids, in any order.
        labels : array-like of shape (n,)
            From the declared classes.
        """
        ids = np.atleast_1d(np.asarray(rows))
        if sorted(ids.tolist()) != sorted(self._pending.tolist()) or not len(ids):
            raise InputError("Teach a label for each of the rows that ask() gave, and no others.")
        self._learner.teach(ids, labels)
        self._learner.skip(np.setdiff1d(self._batch, ids))
        self._steps.append(self._batch)
        self._drawn.append(ids.astype(np.int64))
        self._pending = ids[:0]

    def rows(self, batches: int) -> Rows:
        """List the rows of the first batches, labelled or not: those to read, at the depth advised.

        Parameters
        ----------
        batches : int
            How many batches.
        """
        return np.concatenate([*self._steps[:batches], np.empty(0, dtype=np.int64)])

    def session(self) -> Session:
        """Make the session of the labels, with what was seen of each batch."""
        session = self._learner.session()
        positive = self._learner.labelled[0][session.positive]
        batches = [
            Batch(len(step), len(drawn), int(np.isin(drawn, positive).sum()))
            for step, drawn in zip(self._steps, self._drawn, strict=True)
        ]
        return replace(session, pool_size=len(self._learner.pool), batches=batches)
