"""What every stopping rule keeps, one function for each."""

import pickle

import numpy as np

from ..session import Session
from ..stopping import Advice, Budget, Rule
from ..stopping._base import BEYOND_LABELS
from ._check import require


def _session(rows: int, positive: list[bool]) -> Session:
    return Session(rows, np.array(positive, dtype=np.bool_))


def _sessions() -> dict[str, Session]:
    """Make the sessions in which rules fail most often."""
    return {
        "nothing is labelled": _session(10, []),
        "one positive row is labelled": _session(10, [True]),
        "one negative row is labelled": _session(10, [False]),
        "all rows are labelled and positive": _session(3, [True] * 3),
        "all rows are labelled and negative": _session(3, [False] * 3),
        "the pool is empty": _session(0, []),
        "sixty of a thousand rows are labelled": _session(1000, [True, False, False] * 20),
    }


def check_advice_in_every_state(rule: Rule) -> None:
    """Require that it gives an `Advice` of whole sentences in every state of a search."""
    for state, session in _sessions().items():
        try:
            advice = rule.advise(session)
        except Exception as error:
            raise AssertionError(f"while {state}, {type(error).__name__}: {error}") from error
        require(isinstance(advice, Advice), f"while {state}, it gives {advice!r}, not an Advice.")
        for name, said in (("why", advice.why), ("needs", advice.needs)):
            require(
                said.endswith("."),
                f"while {state}, {name} is {said!r}, which is no whole sentence.",
            )


def check_stops_at_the_end(rule: Rule) -> None:
    """Require that it says stop once every row is labelled."""
    ends: list[list[bool]] = [[], [True], [False] * 3, [True, False]]
    for labels in ends:
        require(
            rule.advise(_session(len(labels), labels)).stop,
            f"it says go on where all of {len(labels)} rows are labelled; `WhileRowsAreLeft` says "
            "stop there.",
        )


def check_says_what_it_promises(rule: Rule) -> None:
    """Require that what it promises and assumes is a sentence, and what it reads is known."""
    for name in ("promises", "assumes"):
        said = getattr(rule, name)
        require(not said or said.endswith("."), f"{name} is {said!r}, which is no whole sentence.")
    require(isinstance(rule.valid, bool), f"valid is {rule.valid!r}; say True or False.")
    require(not rule.valid or rule.promises, "it is valid, and promises nothing.")
    unknown = set(rule.reads) - set(BEYOND_LABELS)
    known = ", ".join(BEYOND_LABELS)
    require(not unknown, f"it reads {', '.join(sorted(unknown))}; there is {known}.")
    target = rule.target
    require(target is None or 0 < target <= 1, f"target is {target}; a recall is above 0, up to 1.")


def check_rule_is_a_value(rule: Rule) -> None:
    """Require that it has a hash, and that a copy is equal to it; a frozen dataclass is."""
    other = pickle.loads(pickle.dumps(rule))  # nosec B301
    require(other == rule, "a copy is not equal to it; make it a frozen dataclass.")
    require(hash(other) == hash(rule), "a copy has another hash.")


def check_same_session(rule: Rule) -> None:
    """Require that the same session gets the same advice, however often it is asked."""
    for state, session in _sessions().items():
        first, second = rule.advise(session), rule.advise(session)
        require(first == second, f"while {state}, it says {first}, and then {second}.")


def check_joins(rule: Rule) -> None:
    """Require that it joins with other rules by ``&`` and ``|``."""
    session, other = _session(1000, [True, False]), Budget(labels=2)
    stop = rule.advise(session).stop
    require((rule & other).advise(session).stop == stop, "with & it stops where it says go on.")
    require((rule | other).advise(session).stop, "with | it goes on where the other says stop.")


ALL = (
    check_advice_in_every_state,
    check_stops_at_the_end,
    check_says_what_it_promises,
    check_rule_is_a_value,
    check_same_session,
    check_joins,
)
