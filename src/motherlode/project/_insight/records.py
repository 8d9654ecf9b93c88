"""What each annotator did: how fast, on which days, and how often as it was settled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from ...estimation import Estimate, MaybeEstimate, NoEstimate, binomial_interval
from .._log.fold import State

if TYPE_CHECKING:
    from ...estimation import Annotator

_LEVEL = 0.95
_NONE_SETTLED = NoEstimate(
    "No row that they labelled was settled; where labels differ, a reviewer decides."
)


@dataclass(frozen=True)
class Record:
    """What one annotator did.

    Attributes
    ----------
    name : str
    answers : int
        Answers that were not taken back.
    median_seconds : float or None
        Of the time spent on a row; None where it is not known.
    answers_an_hour : float or None
        Of the time spent on rows.
    days : dict of str to int
        Answers by day in UTC, as in 2026-08-31, without days that have none.
    settled : int
        Rows that they labelled and somebody settled.
    agreement : Estimate or NoEstimate
        The share of these that were settled as they said.
    """

    name: str
    answers: int
    median_seconds: float | None
    answers_an_hour: float | None
    days: Mapping[str, int]
    settled: int
    agreement: MaybeEstimate


def list_records(state: State) -> list[Record]:
    """List what each annotator did, by name."""
    settled, agreed = _compare_with_settled(state)
    return [_record(state, who, settled[who], agreed[who]) for who in sorted(state.annotators)]


def describe_records(
    records: Sequence[Record], judged: "Sequence[Annotator]", only: str | None = None
) -> list[dict[str, Any]]:
    """Describe what annotators did and how they err, as JSON values; `only` one of them or all."""
    errors = {one.name: one for one in judged}
    found = []
    for record in records:
        if only is not None and record.name != only:
            continue
        one = errors.get(record.name)
        found.append(
            {
                **asdict(record),
                "agreement": record.agreement.to_dict(),
                "shared": 0 if one is None else one.shared,
                "errors": {}
                if one is None
                else {label: error.to_dict() for label, error in one.errors.items()},
            }
        )
    return found


def _record(state: State, who: str, settled: int, agreed: int) -> Record:
    seconds, days = [], Counter[str]()
    for answer in state.history(who):
        days[f"{datetime.fromtimestamp(answer.at, UTC):%Y-%m-%d}"] += 1
        if answer.seconds is not None:
            seconds.append(answer.seconds)
    total = sum(seconds)
    return Record(
        who,
        sum(days.values()),
        median(seconds) if seconds else None,
        3600 * len(seconds) / total if total else None,
        dict(sorted(days.items())),
        settled,
        _estimate_agreement(agreed, settled),
    )


def _compare_with_settled(state: State) -> tuple[Counter[str], Counter[str]]:
    """Count for each annotator the rows that were settled, and those settled as they said."""
    settled, agreed = Counter[str](), Counter[str]()
    for known in state.rows.values():
        if len(known.opinions) < 2 or known.label is None or not known.settled:
            continue
        for who, label in known.independent:
            settled[who] += 1
            agreed[who] += label == known.label
    return settled, agreed


def _estimate_agreement(agreed: int, settled: int) -> MaybeEstimate:
    if not settled:
        return _NONE_SETTLED
    low, high = binomial_interval(agreed, settled, _LEVEL, mid_p=True)
    return Estimate(
        agreed / settled,
        low,
        high,
        _LEVEL,
        "the share of settled rows, with a mid-p binomial interval",
        "Settled rows are those on which people differed, so they are harder than others.",
        kind="share",
    )
