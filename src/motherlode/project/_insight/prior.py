"""What a project's prior is, who stated it, and what it did, for people."""

from typing import Any

from sqlalchemy import Connection

from ..._inert.description import pluralise
from ..._inert.written_numbers import write_number
from .._data.settings import Settings
from .._data.stated import PRIOR, say_prior
from .._log.fold import State
from .._serving import ranking

IT_SAYS_NOTHING = (
    "It tells no row from another, so it orders nothing: no row holds these words, or all rows "
    "have the same score. State it in words that the rows hold, or by scores that differ."
)
_GO_BY_IT = ("auto", "continuous_learning", "by_prior")


def describe_prior(connection: Connection, settings: Settings, state: State) -> dict[str, Any]:
    """Describe what is stated and what it did, as JSON values.

    Parameters
    ----------
    connection : Connection
        To read the last ranking by.
    settings : Settings
        In force in the state.
    state : State
        Of the project.
    """
    stated = settings.prior
    change = next((e for e in reversed(state.changes.events) if e.setting == PRIOR), None)
    found = _find_newest(connection) if stated else None
    return {
        "stated": stated,
        "said": say_prior(stated) if stated else None,
        "by": None if change is None else change.annotator,
        "at": None if change is None else change.at,
        "did": _say_what_it_did(found, settings) if stated else [],
    }


def _find_newest(connection: Connection) -> ranking.Ranking | None:
    """Find the last ranking, of the queue or of a batch that a command gave out."""
    both = [
        next(ranking.read_intact(connection, purpose), None)
        for purpose in (ranking.QUEUE, ranking.BATCH)
    ]
    return max(filter(None, both), key=lambda found: found.id, default=None)


def _say_what_it_did(found: ranking.Ranking | None, settings: Settings) -> list[str]:
    did = None if found is None else found.prior
    if did is None or did["stated"] != settings.prior:
        return ["No ranking goes by it yet."]
    if did.get("says_nothing"):  # rankings of earlier versions do not say
        return [IT_SAYS_NOTHING]
    what = settings.positive_name or "row that is looked for"
    said = [_say_moved_up(did), _say_weight(did["slope"], did["labels"]), _say_right(did, what)]
    if did["judged"] is not None:
        said.append(_say_judged(*did["judged"]))
    if settings.recipe.strategy not in _GO_BY_IT:
        said.append(
            f"The strategy {settings.recipe.strategy} may ask without looking at it; auto goes by "
            "it: `motherlode set --strategy auto`."
        )
    return [*filter(None, said), *([did["problem"]] if did["problem"] else [])]


def _say_judged(asked: int, most: int) -> str:
    given = f"The judge was given {pluralise(asked, 'row')}"
    return (
        f"{given}; it may see {most:,}."
        if asked < most
        else f"{given}, the most that it may see, so it is asked about no further row."
    )


def _say_moved_up(did: dict[str, Any]) -> str:
    if not did["labels"]:
        return "It orders the first rows, as nothing is labelled yet."
    return f"Of {did['labels']:,} labelled rows it had moved {did['moved_up']:,} up."


def _say_weight(slope: list[float], labels: int) -> str:
    value, low, high = slope
    if not labels:
        return ""
    told = f"weight {value:.2g}, 95 %: {low:.2g} to {high:.2g}; 0 is none"
    if low > 0:
        return f"Answers agree with it ({told})."
    if high < 0:
        return f"Answers say that it is the wrong way round, and it is used so ({told})."
    return f"Answers do not tell yet whether it is right ({told})."


def _say_right(did: dict[str, Any], what: str) -> str:
    right, first, share = did["separation"], did["precision"], did["share"]
    if "value" not in right:
        return (
            "How right it was is not known: that takes answered random rows, some of them "
            f"{what} and some not."
        )
    said = (
        f"How right it was, on random rows: of a {what} and another row it puts the {what} first "
        f"in {_write_share(right)}."
    )
    if "value" in first and "value" in share:
        said += (
            f" In its first tenth {_write_share(first)} are {what}, of all {_write_share(share)}."
        )
    return said


def _write_share(found: dict[str, Any]) -> str:
    return write_number(found["value"], found["low"], found["high"], found["level"], "share")
