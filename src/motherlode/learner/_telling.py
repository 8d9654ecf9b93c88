"""What a learner and a query say of themselves: what is labelled, found, asked, why, left out."""

from collections import Counter
from itertools import islice
from typing import Any

from .._inert.description import Description, Table, pluralise
from ..pool._tabling import list_own_columns
from ..session import CONTROL

_SHOWN_ROWS = 10
_SHOWN_COLUMNS = 4


def describe_learner(learner: Any) -> Description:
    """Describe a learner."""
    session = learner.session()
    estimates = learner.estimates()
    positive_class = learner.positive_class
    labels = learner._record.labels
    counts = dict(zip(learner.classes.tolist(), labels.counts().tolist(), strict=True))
    labelled = ", ".join(f"{label} {count:,}" for label, count in counts.items())
    facts = [
        ("labelled", f"{session.labels:,} ({labelled})"),
        ("positive class", f"{positive_class}. {positive_class.request()}".strip()),
        ("found", pluralise(session.found, "positive")),
        *estimates.list_facts(),
        ("asked", _say_asked(learner)),
    ]
    left_out = _say_left_out(learner)
    if left_out:
        facts.append(("left out", left_out))
    channels = Counter(learner.channels)
    details = [
        *estimates.list_grounds(),
        ("how rows were found", ", ".join(f"{name} {n:,}" for name, n in channels.items())),
        ("model", type(learner.model).__name__),
        ("asks by", type(learner.query_model).__name__),
        ("seed", str(learner.seed)),
    ]
    table = Table(
        "Labels of each class",
        ("class", "labels", "positive class"),
        [
            (label, f"{count:,}", "yes" if code in positive_class.codes else "no")
            for code, (label, count) in enumerate(counts.items())
        ],
        len(counts),
    )
    summary = f"{pluralise(len(learner.pool), 'row')}, strategy {learner.strategy}"
    # The counts stand in the first fact, so text does without the table.
    return Description("ActiveLearner", summary, facts, details, table, table_in_text=False)


def _say_asked(learner: Any) -> str:
    waiting = len(learner._record.list_waiting())
    rounds = len({o.asked_after for o in learner._record.asked.values()})
    said = pluralise(rounds, "round")
    if waiting:
        said += f", {pluralise(waiting, 'row waits', 'rows wait')} for a label"
    controls = sum(channel == CONTROL for channel in learner.channels)
    known = pluralise(controls, "control draw is", "control draws are")
    return f"{said}, {known} labelled" if controls else said


def _say_left_out(learner: Any) -> str:
    parts = []
    if len(learner.skipped):
        parts.append(f"{pluralise(len(learner.skipped), 'row')} skipped")
    columns = [f"column {name!r} ({why})" for name, why in learner.pool.left_out.items()]
    return ", ".join(parts + columns)


def describe_query(query: Any) -> Description:
    """Describe a `Query`: its rows with their own columns, and why each is asked."""
    n, controls = len(query), len(query.controls)
    shown = query.rows[:_SHOWN_ROWS]
    own = {} if query.asked is None or not n else list_own_columns(query.asked.pool, shown)
    names = list(own)[:_SHOWN_COLUMNS]
    summary = f"{pluralise(n, 'row')} to label"
    if controls:
        summary += f", {pluralise(controls, 'control draw')} among them"
    details = []
    if len(own) > len(names):
        details.append(("columns not shown", f"{len(own) - len(names):,}; to_frame() has them"))
    table = Table(
        "Rows to label",
        ("row id", "why", *names),
        [
            (row, why, *(_shorten(own[name][place]) for name in names))
            for place, (row, why) in enumerate(zip(shown.tolist(), query.reasons, strict=False))
        ],
        n,
    )
    return Description("Query", summary, details=details, table=table)


def describe_ranking(ranked: Any) -> Description:
    """Describe `RankedRows`: the first of them, each with its probability and deviation."""
    named = " or ".join(str(label) for label in ranked.classes)
    table = Table(
        "Rows, likeliest first",
        ("row id", "probability", "deviation"),
        [
            (row.row, f"{row.probability:.3g}", f"{row.deviation:.2g}")
            for row in islice(ranked, _SHOWN_ROWS)
        ],
        len(ranked),
    )
    return Description(
        "RankedRows", f"{pluralise(len(ranked), 'row')}, likeliest {named} first", table=table
    )


def _shorten(value: Any) -> Any:
    """Write a number as short as it can be told from others."""
    return f"{value:.4g}" if isinstance(value, float) else value
