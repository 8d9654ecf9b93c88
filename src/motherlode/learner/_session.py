"""The session of a learner: its labels, and which random draws count."""

from typing import Any

import numpy as np

from ..session import Session, hold_back


def make_session(learner: Any, **spent: Any) -> Session:
    """Make the session of an `ActiveLearner`; ``spent`` and predictions go into it as they are.

    Rows of the newest query that were drawn at random wait for their labels, and hold back the
    draws after them. Rows of earlier queries that have no label were passed over.
    """
    training, origins = learner.training_set, learner._labels.origins
    skipped = [row for row in learner._skipped if row not in learner._labels]
    asked = learner._asked
    newest = max((how.asked_after for how in asked.values()), default=0)
    waiting = [
        how
        for row, how in asked.items()
        if how.drawn_from
        and how.asked_after == newest
        and row not in learner._labels
        and row not in learner._skipped
    ]
    return Session(
        len(training.left) + len(training.rows),
        training.is_positive,
        origins,
        arrivals=learner._arrived.session(training.rows, np.array(skipped, dtype=np.int64)),
        held_back=hold_back(origins, waiting),
        **spent,
    )
