"""What a stopping rule is: a value that reads a session and gives advice.

To write one, subclass `Rule` as a frozen dataclass and define ``advise``. ``a & b`` stops when
both rules stop, ``a | b`` when one of them stops.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ..estimation._value import check_share
from ..session import Session


@dataclass(frozen=True)
class Advice:
    """Stop or go on, why, and what it would take.

    Attributes
    ----------
    stop : bool
        Whether to stop.
    why : str
        One sentence on what the rule saw.
    needs : str
        One sentence on what would make the rule say stop. If it says stop, what that rests on.
    """

    stop: bool
    why: str
    needs: str

    def __str__(self) -> str:
        return f"{'Stop' if self.stop else 'Go on'}: {self.why} {self.needs}"


BEYOND_LABELS = {
    "predictions": "what models say of a fixed set of rows",
    "set_aside": "positives that the strategy is not told of",
    "captures": "what several independent searches found",
    "batches": "batches of which a random part is labelled",
}
"""What rules may read of a session beside its labels, in words."""

HEURISTIC = "This is a heuristic: confirm it by random draws."
"""What a rule without a proof says when it stops."""


class Rule(ABC):
    """A stopping rule.

    Attributes
    ----------
    valid : bool
        Whether the promise is proved under what the rule assumes; False for a heuristic.
    """

    valid: ClassVar[bool] = False

    # Properties: a subclass may replace each by a text, or by a property that uses its numbers.
    @property
    def paper(self) -> str:
        """The source of the rule; empty where none is named."""
        return ""

    @property
    def promises(self) -> str:
        """What holds when the rule says stop, in one sentence; empty where nothing is said."""
        return ""

    @property
    def assumes(self) -> str:
        """What the promise rests on, in one sentence; empty where nothing is said."""
        return ""

    @property
    def target(self) -> float | None:
        """The recall that the rule is to reach; None if it speaks of none."""
        return getattr(self, "recall", None)

    @property
    def sets_aside(self) -> int:
        """How many positives must be set aside before the search, or the rule never says stop."""
        return 0

    @property
    def reads(self) -> frozenset[str]:
        """What the rule reads of a session beside the labels, as keys of `BEYOND_LABELS`."""
        return frozenset()

    @abstractmethod
    def advise(self, session: Session) -> Advice:
        """Say whether to stop now.

        Parameters
        ----------
        session : Session
            The labels so far, and how their rows were found.
        """

    def __and__(self, other: "Rule") -> "Rule":
        return self._join(other, AllOf)

    def __or__(self, other: "Rule") -> "Rule":
        return self._join(other, AnyOf)

    def _join(self, other: "Rule", kind: "type[_Joined]") -> "Rule":
        if not isinstance(other, Rule):
            return NotImplemented
        parts = (one.rules if isinstance(one, kind) else (one,) for one in (self, other))
        return kind(tuple(rule for part in parts for rule in part))


class WhileRowsAreLeft(Rule):
    """A rule that says stop if every row is labelled, and weighs the session if not."""

    def advise(self, session: Session) -> Advice:
        """Say whether to stop now; if every row is labelled, it is stop.

        Parameters
        ----------
        session : Session
            The labels so far, and how their rows were found.
        """
        if not session.left:
            return Advice(True, "Every row is labelled.", "Nothing.")
        return self._advise(session)

    @abstractmethod
    def _advise(self, session: Session) -> Advice:
        """Say whether to stop while rows are left."""


@dataclass(frozen=True)
class OfRecall(WhileRowsAreLeft):
    """A rule that speaks of a recall, with a confidence."""

    recall: float = 0.95
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_share(self.recall, "recall")
        check_share(self.confidence, "confidence")


@dataclass(frozen=True)
class _Joined(Rule):
    rules: tuple[Rule, ...]

    word: ClassVar[str]
    sign: ClassVar[str]
    decides: ClassVar[bool]  # the answer that is enough from one rule

    @property
    def paper(self) -> str:
        """The sources of the rules."""
        return "; ".join(dict.fromkeys(rule.paper for rule in self.rules if rule.paper))

    @property
    def promises(self) -> str:
        """What each of the rules promises."""
        return f" {self.word}: ".join(rule.promises for rule in self.rules)

    @property
    def assumes(self) -> str:
        """What each of the rules assumes."""
        return f" {self.word}: ".join(rule.assumes for rule in self.rules)

    @property
    def sets_aside(self) -> int:
        """As many as the rule that needs most."""
        return max(rule.sets_aside for rule in self.rules)

    @property
    def reads(self) -> frozenset[str]:
        """What any of the rules reads."""
        return frozenset().union(*(rule.reads for rule in self.rules))

    def advise(self, session: Session) -> Advice:
        """Ask all rules, and give the words of those that decide, or of all."""
        given = [rule.advise(session) for rule in self.rules]
        deciding = [advice for advice in given if advice.stop == self.decides]
        said = deciding or given
        # What several rules say in the same words is said once.
        why = " ".join(dict.fromkeys(advice.why for advice in said))
        needs = " ".join(dict.fromkeys(advice.needs for advice in said))
        return Advice(bool(deciding) == self.decides, why, needs)

    def __str__(self) -> str:
        return f" {self.sign} ".join(
            f"({rule})" if isinstance(rule, _Joined) else str(rule) for rule in self.rules
        )


@dataclass(frozen=True)
class AllOf(_Joined):
    """Stop when every rule says stop: ``a & b``."""

    word, sign, decides = "And", "&", False

    @property
    def target(self) -> float | None:
        """The highest target of the rules."""
        return max((t for rule in self.rules if (t := rule.target) is not None), default=None)


@dataclass(frozen=True)
class AnyOf(_Joined):
    """Stop when one rule says stop: ``a | b``."""

    word, sign, decides = "Or", "|", True

    @property
    def target(self) -> float | None:
        """The lowest target of the rules; None if one has none, since that one may stop first."""
        targets = [rule.target for rule in self.rules]
        return None if None in targets else min(t for t in targets if t is not None)
