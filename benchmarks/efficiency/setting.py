"""What all runs of a comparison have in common."""

from dataclasses import dataclass
from typing import Any

from benchmarks.efficiency import models

RARE = 20
"""Others for each positive from which on a set counts as rare."""


@dataclass(frozen=True)
class Setting:
    """Everything but sets, seeds and strategies.

    Attributes
    ----------
    start : {"one", "none"}
        Positives known at the start.
    goal : {"both", "find", "learn"}
        What labels are for.
    budget, batch : int
        Labels in all, and in a query.
    score_every : int or None
        Labels between two final models; None for the batch.
    model : {"default", "logistic", "forest"}
        The final model of everyone.
    max_rows : int or None
        The size that larger sets are cut down to.
    """

    start: str = "one"
    goal: str = "both"
    budget: int = 200
    batch: int = 10
    score_every: int | None = None
    model: str = "default"
    max_rows: int | None = None

    @property
    def of_simulate(self) -> dict[str, Any]:
        """As `motherlode.simulation.simulate` takes it."""
        return {
            "budget": self.budget,
            "batch": self.batch,
            "start": self.start,
            "goal": self.goal,
            "model": models.final(self.model),
            "final_every": self.score_every,
        }

    @property
    def name(self) -> str:
        """For a file of runs."""
        every = "" if self.score_every is None else f"-scored-by-{self.score_every}"
        return f"start-{self.start}-{self.budget}-by-{self.batch}{every}-{self.name_of_model}"

    @property
    def name_of_model(self) -> str:
        """For a file of what hangs on the final model and the rows alone."""
        cut = "" if self.max_rows is None else f"-of-{self.max_rows}-rows"
        return f"to-{self.goal}-{self.model}-model{cut}"
