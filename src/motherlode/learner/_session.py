"""The session of a learner: its labels, and which random draws count."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..estimation import Estimates, correct_counts, estimate_counts
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


def make_estimates(learner: Any, level: float, *, every_look: bool) -> Estimates:
    """Make the estimates of an `ActiveLearner`, corrected where annotators share rows."""
    session, labels = make_session(learner), learner._labels
    found = estimate_counts(session, level, every_look=every_look)
    if not labels.are_shared:
        return found
    place = {row: k for k, row in enumerate(learner.training_set.rows.tolist())}
    codes = learner.positive_class.codes
    said: list[dict[str, bool]] = [{} for _ in place]
    for opinion in labels.opinions:
        if opinion.row in place:
            said[place[opinion.row]][opinion.annotator] = opinion.code in codes
    settled = {place[row]: code in codes for row, code in labels.settled.items() if row in place}
    return replace(found, corrected=correct_counts(session, said, settled, level))
