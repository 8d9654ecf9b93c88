"""All that is estimated of the positives of a pool, in one object that every door prints."""

from dataclasses import dataclass, replace
from typing import Any

from .._inert.description import Described, Description
from ._naming import POSITIVES, name_positives
from ._value import Estimate, MaybeEstimate

_NAMES = {
    "positives": "{name} in the pool",
    "prevalence": "prevalence (share of {name} among all rows)",
    "positives_left": "{name} left",
    "recall": "recall (share of {name} found)",
    "newest": "prevalence among the rows that came last",
}
"""What each is called wherever it is shown; the words are those of docs/glossary.md."""

QUANTITIES = ("positives", "prevalence", "positives_left", "recall")
"""Those that are known of every session."""
_NOTHING_KNOWN = "estimates"  # what is missing where all of it is
_CORRECTED = "corrected for errors of annotators"
_ALL_ROWS = "All rows of the pool."


def name_quantity(quantity: str, name: str = POSITIVES) -> str:
    """Name a quantity of rows that are called so."""
    return _NAMES[quantity].format(name=name)


def _name_each(facts: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "said": said} for name, said in facts]


@dataclass(frozen=True, repr=False, kw_only=True)
class Estimates(Described):
    """How rare the class is, how many positives are left, and what share of them is found.

    All follow from one estimate of how many positives there are, so they rest on the same draws.
    Terminal, page, REST, notebooks and the model card print this object, each in its own form, with
    the same names and numbers.

    Attributes
    ----------
    positives : Estimate or NoEstimate
        How many positives the pool holds, found or not.
    prevalence : Estimate or NoEstimate
        The share of the pool's rows that are positive.
    positives_left : Estimate or NoEstimate
        How many positives are among the unlabelled rows.
    recall : Estimate or NoEstimate
        The share of the pool's positives that are found.
    newest : Estimate or NoEstimate, optional
        The prevalence among the rows that came last; None where all came together.
    name : str
        What the positive rows are called.
    corrected : Estimates, optional
        The same, corrected for the errors of annotators; None where these are not known.
    """

    positives: MaybeEstimate
    prevalence: MaybeEstimate
    positives_left: MaybeEstimate
    recall: MaybeEstimate
    newest: MaybeEstimate | None = None
    name: str = POSITIVES
    corrected: "Estimates | None" = None

    def name_quantity(self, quantity: str) -> str:
        """Name one of the quantities, as it is shown.

        Parameters
        ----------
        quantity : {"positives", "prevalence", "positives_left", "recall", "newest"}
            The name of its attribute.
        """
        return name_quantity(quantity, self.name)

    def list_facts(self) -> list[tuple[str, str]]:
        """List each number with its interval, or why it is missing, under its name."""
        return self.list_numbers() + self.list_reasons()

    def list_numbers(self) -> list[tuple[str, str]]:
        """List the numbers that there are, each with its interval, under its name."""
        numbers = [
            (self.name_quantity(quantity), answer.write())
            for quantity, answer in self._answers().items()
            if isinstance(answer, Estimate)
        ]
        also = [] if self.corrected is None else self.corrected.list_numbers()
        return numbers + [(f"{name}, {_CORRECTED}", said) for name, said in also]

    def list_reasons(self) -> list[tuple[str, str]]:
        """List why numbers are missing, each reason once, under the names of all of these."""
        missing: dict[str, list[str]] = {}
        for quantity, answer in self._answers().items():
            if not isinstance(answer, Estimate):
                reason = name_positives(answer.reason, self.name)
                missing.setdefault(reason, []).append(self.name_quantity(quantity))
        return [
            (_NOTHING_KNOWN if len(names) >= len(QUANTITIES) else ", ".join(names), reason)
            for reason, names in missing.items()
        ]

    def list_grounds(self) -> list[tuple[str, str]]:
        """List what all the numbers rest on, each under its name."""
        if not isinstance(self.positives, Estimate):
            return []
        grounds = replace(
            self.positives, speaks_for=self.positives.speaks_for or _ALL_ROWS
        ).list_grounds()
        return [(what, name_positives(ground, self.name)) for what, ground in grounds]

    def lines(self) -> list[str]:
        """Say everything, to be shown one below the other."""
        said = [f"{name}: {fact}" for name, fact in self.list_facts()]
        return said + [f"  {name}: {ground}" for name, ground in self.list_grounds()]

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON has it; where there is no estimate, its reason."""
        return {
            "of": self.name,
            "newest": None,
            **{
                quantity: {"name": self.name_quantity(quantity), **answer.to_dict()}
                for quantity, answer in self._answers().items()
            },
            "numbers": _name_each(self.list_numbers()),
            "reasons": _name_each(self.list_reasons()),
            "grounds": _name_each(self.list_grounds()),
            "corrected": None if self.corrected is None else self.corrected.to_dict(),
        }

    def _answers(self) -> dict[str, MaybeEstimate]:
        answers = {quantity: getattr(self, quantity) for quantity in _NAMES}
        return {quantity: answer for quantity, answer in answers.items() if answer is not None}

    def _describe(self) -> Description:
        return Description("Estimates", self.name, self.list_facts(), self.list_grounds())
