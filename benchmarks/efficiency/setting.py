"""What all runs of a comparison have in common."""

from dataclasses import dataclass

RARE = 20
"""Others for each positive from which on a set counts as rare."""

STARTS = ("one", "none")


@dataclass(frozen=True)
class Setting:
    """Everything but sets, seeds and arms.

    Attributes
    ----------
    starts : tuple of {"one", "none"}
        Positives known at the start, one run for each.
    budget, batch : int
        Labels in all, and in a query.
    score_every : int
        Labels between two final models.
    finals : tuple of {"default", "labelled", "logistic"}
        The final models that every run is judged by; the first counts for what needs one.
    max_rows : int or None
        The size that larger sets are cut down to.
    """

    starts: tuple[str, ...] = STARTS
    budget: int = 200
    batch: int = 10
    score_every: int = 50
    finals: tuple[str, ...] = ("default", "labelled", "logistic")
    max_rows: int | None = 10_000

    @property
    def name(self) -> str:
        """For a file of what is asked, but for the start and the arms."""
        cut = "" if self.max_rows is None else f"-of-{self.max_rows}-rows"
        return f"{self.budget}-by-{self.batch}{cut}"
