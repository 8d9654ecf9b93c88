"""Where a project stands, in numbers."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from ..._round.positive_class import PositiveClass
from .._data.settings import Settings
from .._log.fold import State
from .._log.schema import ranking as ranking_table
from .._serving import ranking
from .._serving.pausing import find_pause
from .agreement import measure_agreement
from .positive_class import BY, find_positive_class
from .trainer_lag import find_problem

if TYPE_CHECKING:
    from ...estimation import Annotator

_ARRIVALS = 20  # the last ones that are listed
_RANKING = ranking_table.c
# Built once: building a statement takes longer than running it.
_NEWEST = (
    select(_RANKING.id, _RANKING.at, _RANKING.last_event, _RANKING.strategy)
    .where(_RANKING.purpose == ranking.QUEUE)
    .order_by(_RANKING.id.desc())
    .limit(1)
)


def summarize(
    connection: Connection,
    settings: Settings,
    state: State,
    guess: Callable[[State], PositiveClass] | None = None,
    *,
    annotator: str | None = None,
    judged: "Sequence[Annotator] | None" = None,
) -> dict[str, Any]:
    """Summarize counts, agreement, and how fresh the ranking is, as JSON values.

    `motherlode.web` explains the fields in the model of its answer; `guess` is as in
    `find_positive_class`. What an `annotator` is told hints at no label that they may be asked to
    give too; so how annotators err, as they were `judged`, is for those who may see all.
    """
    kinds, labels = count_known(state, settings, annotator)
    positive_classes = settings.positive_classes
    return {
        "project": settings.name,
        "rows": settings.rows,
        "labelled": kinds.get("label", 0),
        "classes": labels,
        "minority": settings.minority,
        "positive_class": _positive_class(find_positive_class(connection, settings, state, guess)),
        "found": sum(labels[name] for name in positive_classes) if positive_classes else None,
        "skipped": kinds.get("skip", 0),
        "unsure": kinds.get("unsure", 0),
        "disputed": kinds.get("disputed", 0),
        "disagreements": state.disagreeing,
        "content_changed": len(state.outdated),
        "arrivals": [
            {
                "rows": part.rows,
                "changed": len(part.updated),
                "source": part.source,
                "at": format_time(part.at),
            }
            for part in state.changes.parts[-_ARRIVALS:]
        ],
        "annotators": state.annotators,
        "agreement": measure_agreement(state, settings.classes),
        "error_rates": None if judged is None or annotator is not None else describe(judged),
        "ranking": _ranking(connection, state),
        "last_event": state.last,
        "last_change": state.changes.last,
        "last_answer_at": None
        if state.last_answer_at is None
        else format_time(state.last_answer_at),
        "paused": describe_pause(settings, state),
    }


def describe_pause(settings: Settings, state: State) -> dict[str, str] | None:
    """Describe the pause that a project is in, as JSON values; None if it goes on."""
    pause = find_pause(settings, state)
    return None if pause is None else {"by": pause.by, "at": format_time(pause.at)}


def describe(judged: "Sequence[Annotator]") -> list[dict[str, Any]]:
    """Describe how annotators err, as JSON values."""
    return [
        {
            "name": one.name,
            "labels": one.labels,
            "shared": one.shared,
            "errors": {label: error.to_dict() for label, error in one.errors.items()},
            **{
                name: None if table is None else table.tolist()
                for name, table in (
                    ("confusion", one.confusion),
                    ("low", one.low),
                    ("high", one.high),
                )
            },
        }
        for one in judged
    ]


def count_known(
    state: State, settings: Settings, annotator: str | None
) -> tuple[dict[str, int], dict[str, int]]:
    """Count rows by kind and by class, for an annotator or for those who may see all.

    Rows that wait for the second opinion of somebody else than who gave the first are left out of
    an annotator's counts: a count that grows by one tells a label.
    """
    kinds = dict(state.kinds)
    labels = {label: state.labels.get(label, 0) for label in settings.classes}
    for (first, kind, label), n in state.waiting.items():
        if annotator is not None and first != annotator:
            kinds[kind] -= n
            if label in labels:
                labels[label] -= n
    return kinds, labels


def _positive_class(positive_class: PositiveClass) -> dict[str, Any]:
    return {
        "class": " or ".join(positive_class.classes),
        "named": positive_class.named,
        "share": positive_class.share,
        "sure": positive_class.sure,
        "said": f"{positive_class}",
        "request": positive_class.request(BY),
    }


def format_time(seconds: float) -> str:
    """Write a time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _ranking(connection: Connection, state: State) -> dict[str, Any] | None:
    """Describe the last ranking: its age, and how many events it has not seen."""
    found = connection.execute(_NEWEST).first()
    seen, at = (0, None) if found is None else (found.last_event, found.at)
    problem = find_problem(connection, seen, at)
    if found is None:
        return None if problem is None else {"problem": problem}
    return {
        "id": found.id,
        "strategy": found.strategy,
        "at": format_time(found.at),
        "age_seconds": round(max(0.0, time.time() - found.at), 1),
        "model_version": found.last_event,
        "events_behind": state.last - found.last_event,
        "problem": problem,
    }
