"""One round of a project: read the log, fit, rank, publish."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from ..._round.positive_class import RANDOM_DRAW
from ...errors import InputError
from ...learner._learner import ActiveLearner
from ...learner._query import Query, join
from ...pool import Pool
from ...session import Origin
from .._data.folder import Project
from .._log.fold import State
from .._log.log import read_changes, read_state
from .._serving import leases, ranking
from .._serving.pausing import find_pause
from .._serving.queue import ASSIGNED_DRAW, Offer
from .._serving.ranking import BATCH, QUEUE, Ranking
from .._serving.reach import Reaches
from .prior import make_prior, report_prior
from .recipe import make_learner

# More than a team answers while a model is fitted.
_QUEUED = 500
# Of each part that somebody is asked about: the best of all rows may not be among them.
_QUEUED_OF_PART = 50
# The longer the queue, the more rows a judge is asked about.
_QUEUED_BY_JUDGE = 50


def _rank(
    project: Project,
    pool: Pool,
    state: State,
    n: int,
    purpose: str,
    control: float = 0.0,
    reaches: Reaches | None = None,
) -> Ranking | None:
    """Rank the best `n` rows, a share of them random draws; None if no row is left.

    With `reaches`, the best rows of each annotator's part follow.
    """
    settings = project.settings_at(state)
    prior = make_prior(settings.prior, project.rows)
    learner = make_learner(settings, pool, state, control=control, prior=prior)
    left = len(learner.unlabelled)
    if not left:
        return None
    if prior is not None and prior.lazy:
        n = min(n, _QUEUED_BY_JUDGE)
    query = learner.query(min(n, left))
    origins = list(learner.origins_of(query.rows))
    if reaches is not None and not (prior is not None and prior.lazy):
        marked = [
            reach.marks
            for name in sorted(settings.assigned)
            if (reach := reaches.find(settings, name)) is not None
        ]
        for part in _ask_parts(learner, marked, query):
            origins += [_as_assigned(one) for one in learner.origins_of(part.rows)]
            query = join([query, part])
    return ranking.make_ranking(
        query,
        origins,
        str(learner.strategy),
        state.last,
        purpose,
        learner.positive_class,
        report_prior(learner, settings.prior),
    )


def _ask_parts(
    learner: ActiveLearner, marked: Sequence[NDArray[np.bool_]], query: Query
) -> Iterator[Query]:
    """Ask for the best rows of each part that has few among those that were asked."""
    asked = query.rows
    for marks in marked:
        lacking = _QUEUED_OF_PART - int(marks[asked].sum())
        left = learner.training_set.left.without(np.concatenate([np.flatnonzero(~marks), asked]))
        if lacking > 0 and len(left):
            found = learner._query_among(left, min(lacking, len(left)))
            asked = np.concatenate([asked, found.rows])
            yield found


def _as_assigned(origin: Origin) -> Origin:
    """Keep no probability: a draw from a part is no draw from all."""
    if origin.strategy == RANDOM_DRAW or origin.probability:
        return replace(origin, strategy=ASSIGNED_DRAW, probability=0.0, drawn_from=0)
    return origin


class CurrentPool:
    """The pool of a project, made again when rows were added or changed.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    """

    def __init__(self, project: Project) -> None:
        self._project, self.reaches = project, Reaches(project)
        self._parts, self._pool = project.in_force.parts, project.rows.pool()

    def at(self, state: State) -> Pool:
        """Give the pool of a state.

        Parameters
        ----------
        state : State
            Up to date.
        """
        self._project.settings_at(state)  # so that the rows that it knows of are read
        if self._parts != self._project.in_force.parts:
            self._parts, self._pool = self._project.in_force.parts, self._project.rows.pool()
        return self._pool


def rank_queue(project: Project, pool: Pool | CurrentPool, state: State) -> bool:
    """Publish a ranking if there is something new, and say whether there was."""
    with project.database.reading() as connection:
        read_state(connection, state)
        if ranking.covers(connection, state.last):
            return False
    # Control draws are made when rows are served one by one, not when they are ranked.
    if isinstance(pool, CurrentPool):
        rows, reaches = pool.at(state), pool.reaches
    else:
        rows, reaches = pool, Reaches(project)
    found = _rank(project, rows, state, _QUEUED, QUEUE, reaches=reaches)
    if found is None:
        return False
    with project.database.writing(durable=False) as connection:
        ranking.publish(connection, found)
    return True


def ask_batch(project: Project, n: int | None = None, *, at_random: bool = False) -> Ranking | None:
    """Rank a batch of rows, and record how each is asked, for when its label comes.

    There are `n` of them, by default as many as the project says. With `at_random` all of them are
    random draws, as the second phase of a target recall needs; without it the project's share is.
    """
    while True:
        with project.database.reading() as connection:
            state = read_state(connection)
        settings = project.settings_at(state)
        pause = find_pause(settings, state)
        if pause is not None:
            raise InputError(f"{pause}: nobody is given rows until `motherlode resume`.")
        share = 1.0 if at_random else settings.control
        wanted = settings.batch if n is None else n
        found = _rank(project, project.rows.pool(), state, wanted, BATCH, share)
        if found is None:
            return None
        with project.database.writing() as connection:
            if read_changes(connection).parts == state.changes.parts:
                return _publish_batch(connection, found)
            # Its draws were from fewer rows than there are now, and a later time would hide that.


def _publish_batch(connection: Connection, batch: Ranking) -> Ranking:
    """Publish a batch, and keep its draws, which stay draws whoever answers first."""
    batch = replace(batch, id=ranking.publish(connection, batch))
    asked = ((row, batch.how(place)) for place, row in enumerate(batch.rows))
    offers = [Offer(row, replace(how, asked_at=batch.at)) for row, how in asked]
    leases.remember_batch(connection, offers, batch.at)
    return batch
