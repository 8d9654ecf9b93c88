"""A search or a simulation that is followed while it goes on, in a notebook or on a terminal."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np

from .._inert.description import Description, Table, pluralise
from ..estimation import positives_left
from ._screens import choose_screen


class LiveDisplay:
    """What a learner has found, spent and left, shown anew at each `update`; see `watch`.

    Parameters
    ----------
    learner : ActiveLearner
        Whose labels are followed.
    budget : int, optional
        How many labels there are to spend.
    cost : float, optional
        What a label costs, in any unit.
    """

    def __init__(
        self, learner: Any, *, budget: int | None = None, cost: float | None = None
    ) -> None:
        self.learner, self.budget, self.cost = learner, budget, cost
        self._screen = choose_screen()

    def __enter__(self) -> Self:
        self.update()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.update()
        self._screen.close()

    def update(self) -> None:
        """Show how far the search is now."""
        self._screen.show(self._describe())

    def _describe(self) -> Description:
        session = self.learner.session()
        names = " and ".join(map(str, self.learner.positive_class.classes))
        labels = pluralise(session.labels, "label")
        spent = labels
        if self.budget is not None:
            spent += f" of {self.budget:,}"
        facts = [("positives left", str(positives_left(session))), ("spent", spent)]
        if self.cost is not None:
            cost = self.cost * session.labels
            each = f", {cost / session.found:,.2f} a positive" if session.found else ""
            facts.append(("cost", f"{cost:,.2f}{each}"))
        curve = session.found_before(np.arange(session.labels + 1)).tolist()
        said = f"{session.found:,} found after {labels}"
        return Description(f"Search for {names}", said, facts, curve=curve, curve_says=said)


class RunsLiveDisplay:
    """What simulated strategies found so far; call it as the ``progress`` of `simulate`.

    See `watch_runs`.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[int]] = {}
        self._screen = choose_screen()

    def __call__(self, done: int, total: int, run: Any) -> None:
        """Show the runs so far.

        Parameters
        ----------
        done, total : int
            Runs that are finished, and all that there are.
        run : motherlode.simulation.Run
            The one that was finished last.
        """
        found = self._found.setdefault((run.dataset, run.strategy), [])
        found.append(run.rounds[-1].positives)
        self._screen.show(describe_runs(done, total, self._found))
        if done == total:
            self._screen.close()


def describe_runs(done: int, total: int, found: Mapping[tuple[str, str], list[int]]) -> Description:
    """Describe the runs that are finished: how many, and what each strategy found in each."""
    rows = [
        (dataset, strategy, len(each), f"{np.mean(each):,.1f}", f"{min(each):,} to {max(each):,}")
        for (dataset, strategy), each in found.items()
    ]
    headings = ("data set", "strategy", "runs", "found, mean", "found, range")
    table = Table("Positives found", headings, rows, len(rows))
    return Description("Simulation", f"{done:,} of {total:,} runs", table=table)


def watch(learner: Any, *, budget: int | None = None, cost: float | None = None) -> LiveDisplay:
    """Follow a learner: what is found, what is left with its interval, and what is spent.

    In a notebook one display changes in its place, on a terminal a block of lines does (with the
    package rich), and elsewhere each update is a line.

    Parameters
    ----------
    learner : ActiveLearner
        Whose labels are followed.
    budget : int, optional
        How many labels there are to spend.
    cost : float, optional
        What a label costs, in any unit.

    Returns
    -------
    LiveDisplay
        To be entered by ``with``; its ``update`` shows the state of the moment.

    Examples
    --------
    >>> from motherlode import ActiveLearner
    >>> learner = ActiveLearner([[0.0], [1.0], [2.0]], ["no", "yes"], minority="yes")
    >>> with watch(learner, budget=2) as shown:
    ...     learner.teach([2], ["yes"])
    ...     shown.update()
    Search for yes: 0 found after 0 labels; positives left: No row is labelled, ...
    Search for yes: 1 found after 1 label; positives left: No valid estimate exists: ...
    """
    return LiveDisplay(learner, budget=budget, cost=cost)


def watch_runs() -> RunsLiveDisplay:
    """Follow simulations, as ``simulate(..., progress=watch_runs())``.

    Returns
    -------
    RunsLiveDisplay
        It shows what each strategy found so far, as `watch` shows a search.
    """
    return RunsLiveDisplay()
