"""Whether the ranking keeps up with the answers, and what to do where it does not."""

import time

from sqlalchemy import Connection, bindparam, select

from .._log.schema import event, worker

_PATIENCE_SECONDS = 300.0
_SILENT_SECONDS = 60.0  # a trainer at work is heard of every five
# Built once: building a statement takes longer than running it.
_WORKER = select(worker.c.problem, worker.c.beat_at)
_FIRST_UNSEEN = (
    select(event.c.at).where(event.c.id > bindparam("last")).order_by(event.c.id).limit(1)
)


def find_problem(connection: Connection, last_seen: int, ranked_at: float | None) -> str | None:
    """Say why the ranking is not kept up to date, and what to do; None if it is.

    Parameters
    ----------
    connection : Connection
        To the database of the project.
    last_seen : int
        The last event that the newest ranking has seen; 0 without one.
    ranked_at : float or None
        When that was made, in seconds since 1970.
    """
    found = connection.execute(_WORKER).first()
    if found is None:
        return None  # no server has run, so nobody waits for a trainer
    if found.problem is not None:
        return str(found.problem)
    first_unseen = connection.execute(_FIRST_UNSEEN, {"last": last_seen}).scalar()
    if first_unseen is None:
        return None
    now = time.time()
    waiting = now - max(first_unseen, ranked_at or 0.0)
    if waiting < _PATIENCE_SECONDS:
        return None
    if now - found.beat_at > _SILENT_SECONDS:
        return (
            "Answers wait and no trainer is at work; start one by `motherlode serve` without "
            "--no-trainer."
        )
    return (
        f"The trainer has been fitting for {waiting / 60:,.0f} minutes, so rows come from an older "
        "ranking; give it more cores, or choose a simpler model or strategy by `motherlode set`."
    )
