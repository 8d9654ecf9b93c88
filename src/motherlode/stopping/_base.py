"""What a stopping rule is: a value that reads a session and gives advice.

To write one, subclass `Rule` as a frozen dataclass and define ``advise``. ``a & b`` stops once
both would, ``a | b`` once either would.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ..errors import InputError
from ..session import Session


@dataclass(frozen=True)
class Advice:
    """Stop or go on, why, and what it would take.

    Attributes
    ----------
    stop : bool
    why : str
        One sentence on what the rule saw.
    needs : str
        One sentence on what would make it say stop; on what it rests if it says so already.
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


class Rule(ABC):
    """A stopping rule.

    Attributes
    ----------
    paper : str
        The source.
    promises : str
        What holds where it says stop, in one sentence.
    assumes : str
        What that rests on, in one sentence.
    valid : bool
        Whether the promise is proved under what it assumes; a heuristic has none.
    """

    valid: ClassVar[bool] = False

    # Properties, so that a rule may give its own as text or put its numbers into it.
    @property
    def paper(self) -> str:
        """None."""
        return ""

    @property
    def promises(self) -> str:
        """Nothing."""
        return ""

    @property
    def assumes(self) -> str:
        """Nothing."""
        return ""

    @abstractmethod
    def advise(self, session: Session) -> Advice:
        """What to do now."""

    @property
    def target(self) -> float | None:
        """The recall that it is to reach, if it speaks of one."""
        return getattr(self, "recall", None)

    @property
    def sets_aside(self) -> int:
        """Positives that must be set aside before the search, so that it can ever say stop."""
        return 0

    @property
    def reads(self) -> frozenset[str]:
        """Keys of `BEYOND_LABELS`: what it reads of a session beside the labels."""
        return frozenset()

    def __and__(self, other: "Rule") -> "Rule":
        if not isinstance(other, Rule):
            return NotImplemented
        return AllOf((*_of(self, AllOf), *_of(other, AllOf)))

    def __or__(self, other: "Rule") -> "Rule":
        if not isinstance(other, Rule):
            return NotImplemented
        return AnyOf((*_of(self, AnyOf), *_of(other, AnyOf)))


def _of(rule: Rule, kind: "type[AllOf] | type[AnyOf]") -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, kind) else (rule,)


class WhileRowsAreLeft(Rule):
    """A rule that has something to weigh only while some row is unlabelled."""

    def advise(self, session: Session) -> Advice:
        """What to do now: stop, where every row is labelled."""
        if not session.left:
            return Advice(True, "Every row is labelled.", "Nothing.")
        return self._advise(session)

    @abstractmethod
    def _advise(self, session: Session) -> Advice:
        """What to do while rows are left."""


@dataclass(frozen=True)
class OfRecall(WhileRowsAreLeft):
    """A rule that speaks of a recall, with a confidence.

    Parameters
    ----------
    recall : float, default 0.95
    confidence : float, default 0.95
    """

    recall: float = 0.95
    confidence: float = 0.95

    def __post_init__(self) -> None:
        share(self.recall, "recall")
        share(self.confidence, "confidence")


@dataclass(frozen=True)
class AllOf(Rule):
    """Stop once every rule would: ``a & b``."""

    rules: tuple[Rule, ...]

    @property
    def paper(self) -> str:
        """Those of each."""
        return _papers(self.rules)

    @property
    def promises(self) -> str:
        """What each promises."""
        return " And: ".join(rule.promises for rule in self.rules)

    @property
    def assumes(self) -> str:
        """What each assumes."""
        return " And: ".join(rule.assumes for rule in self.rules)

    @property
    def target(self) -> float | None:
        """The highest of theirs."""
        return max((t for rule in self.rules if (t := rule.target) is not None), default=None)

    @property
    def sets_aside(self) -> int:
        """As many as the rule that needs most."""
        return max(rule.sets_aside for rule in self.rules)

    @property
    def reads(self) -> frozenset[str]:
        """What any of them does."""
        return frozenset().union(*(rule.reads for rule in self.rules))

    def advise(self, session: Session) -> Advice:
        """Stop if all say so; else the words of those that do not."""
        given = [rule.advise(session) for rule in self.rules]
        against = [advice for advice in given if not advice.stop]
        return _joined(not against, against or given)

    def __str__(self) -> str:
        return " & ".join(f"({r})" if isinstance(r, AnyOf) else str(r) for r in self.rules)


@dataclass(frozen=True)
class AnyOf(Rule):
    """Stop once one rule would: ``a | b``."""

    rules: tuple[Rule, ...]

    @property
    def paper(self) -> str:
        """Those of each."""
        return _papers(self.rules)

    @property
    def promises(self) -> str:
        """What the one that stops promises."""
        return " Or: ".join(rule.promises for rule in self.rules)

    @property
    def assumes(self) -> str:
        """What each assumes."""
        return " Or: ".join(rule.assumes for rule in self.rules)

    @property
    def target(self) -> float | None:
        """The lowest of theirs; none if one has none, as that one may stop."""
        targets = [rule.target for rule in self.rules]
        return None if None in targets else min(t for t in targets if t is not None)

    @property
    def sets_aside(self) -> int:
        """As many as the rule that needs most."""
        return max(rule.sets_aside for rule in self.rules)

    @property
    def reads(self) -> frozenset[str]:
        """What any of them does."""
        return frozenset().union(*(rule.reads for rule in self.rules))

    def advise(self, session: Session) -> Advice:
        """Stop if one says so; else the words of all."""
        given = [rule.advise(session) for rule in self.rules]
        in_favour = [advice for advice in given if advice.stop]
        return _joined(bool(in_favour), in_favour or given)

    def __str__(self) -> str:
        return " | ".join(f"({r})" if isinstance(r, AllOf) else str(r) for r in self.rules)


def _papers(rules: tuple[Rule, ...]) -> str:
    return "; ".join(dict.fromkeys(rule.paper for rule in rules if rule.paper))


def _joined(stop: bool, given: list[Advice]) -> Advice:
    # What several rules say in the same words need be said once.
    why, needs = dict.fromkeys(a.why for a in given), dict.fromkeys(a.needs for a in given)
    return Advice(stop, " ".join(why), " ".join(needs))


HEURISTIC = "This is a heuristic: confirm it by random draws."
"""What a rule without a proof says when it stops."""


def share(value: float, name: str) -> None:
    """Check a number that must lie strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name} is {value}; it must lie between 0 and 1.")


def counted(n: int, one: str, many: str | None = None) -> str:
    """A number and its noun, as in "1 label" and "2,000 labels"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
