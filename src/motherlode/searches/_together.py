"""Several searches of one pool as one session, which knows what each has found."""

from collections.abc import Sequence

import numpy as np

from ..errors import InputError
from ..learner._learner import ActiveLearner
from ..session import Origin, Session

_GIVEN = "given"


def side_by_side(learners: Sequence[ActiveLearner]) -> Session:
    """Join independent searches of one pool into a session for capture and recapture.

    Each learner asks on its own and is taught what *it* asked; the label may be known from another
    search. The learners should differ in model, features or strategy.

    Parameters
    ----------
    learners : sequence of two or more ActiveLearner
        On the same pool. Rows that a learner was given, and did not ask, do not count as found.

    Returns
    -------
    Session
        All rows that some learner knows, the earliest first, and ``captures``: a row for each
        positive that was asked, a column for each learner. Sampling probabilities are left out,
        since they hold for the rows left to a single search.

    Raises
    ------
    InputError
        If there are fewer than two learners, their pools differ in size, or two of them were
        taught different labels of a row.

    Notes
    -----
    A labelling project has one ranking, which all its annotators read. They are not searches that
    could find the same positive independently, so nothing in a project feeds
    `motherlode.stopping.CaptureRecapture`.

    Examples
    --------
    >>> X = np.arange(20.0)[:, None]
    >>> up, down = (ActiveLearner(X, [0, 1], strategy="random", minority=1) for _ in range(2))
    >>> up.teach([1, 2, 3], [1, 1, 0], channel="query")
    >>> down.teach([2, 5], [1, 1], channel="query")
    >>> side_by_side([up, down]).captures.astype(int).tolist()
    [[1, 0], [1, 1], [0, 1]]
    """
    sizes = {len(learner.pool) for learner in learners}
    if len(learners) < 2 or len(sizes) != 1:
        raise InputError(
            f"There are {len(learners)} learners with pools of {sorted(sizes)} rows; give two or "
            "more on the same pool."
        )
    positive: dict[int, bool] = {}
    channel: dict[int, str] = {}
    met: dict[int, tuple[int, int]] = {}
    by: dict[int, set[int]] = {}
    for which, learner in enumerate(learners):
        session = learner.session()
        for place, row in enumerate(learner.labelled[0].tolist()):
            label = bool(session.positive[place])
            if positive.setdefault(row, label) != label:
                raise InputError(f"Row {row} has different labels in two searches; settle it.")
            met[row] = min(met.get(row, (place, which)), (place, which))
            asked = session.origins[place].channel != _GIVEN
            channel[row] = session.origins[place].channel if asked else channel.get(row, _GIVEN)
            by.setdefault(row, set()).update([which] if asked else [])
    rows = sorted(met, key=lambda row: met[row])
    found = [row for row in rows if positive[row] and by[row]]
    captures = [[which in by[row] for which in range(len(learners))] for row in found]
    return Session(
        sizes.pop(),
        np.array([positive[row] for row in rows], dtype=bool),
        [Origin(channel[row]) for row in rows],
        captures=np.array(captures, dtype=bool).reshape(-1, len(learners)),
    )
