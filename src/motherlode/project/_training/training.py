"""One round of a project: read the log, fit, rank, publish."""

from ...learner._learner import ActiveLearner
from ...pool import Pool
from .._data.folder import Project
from .._log.fold import State
from .._log.log import present
from .._serving import ranking
from .._serving.ranking import BATCH, QUEUE, Ranking
from .recipe import learner

# Longer than what a team answers while a model is fitted.
QUEUED = 500


def ranked(
    project: Project, pool: Pool, state: State, n: int, purpose: str, control: float = 0.0
) -> Ranking | None:
    """The best `n` rows by a model that knows the state, a share at random; None if no row is left."""
    made: ActiveLearner = learner(project.settings, pool, state, control=control)
    left = len(made.unlabelled)
    if not left:
        return None
    query = made.query(min(n, left))
    origins, strategy = made.origins_of(query.rows), str(made.strategy)
    return ranking.ranking_of(query, origins, strategy, state.last, purpose, made.positive_class)


def rank_queue(project: Project, pool: Pool, state: State) -> bool:
    """Publish a ranking that knows all there is to know; whether there was something new."""
    with project.database.reading() as connection:
        present(connection, state)
        if ranking.covers(connection, state.last):
            return False
    # Random rows are drawn when rows are served one by one, not when they are ranked.
    found = ranked(project, pool, state, QUEUED, QUEUE)
    if found is None:
        return False
    with project.database.writing(durable=False) as connection:
        ranking.publish(connection, found)
    return True


def ask_batch(project: Project, n: int, *, at_random: bool = False) -> Ranking | None:
    """A batch of `n` rows, with what was known of each kept for when its label comes.

    Parameters
    ----------
    at_random : bool
        Whether all of them are drawn at random, as the second phase of a target recall wants; by
        default the project's share is.
    """
    control = 1.0 if at_random else project.settings.control
    with project.database.reading() as connection:
        state = present(connection)
    found = ranked(project, project.rows.pool(), state, n, BATCH, control)
    if found is not None:
        with project.database.writing() as connection:
            ranking.publish(connection, found)
    return found
