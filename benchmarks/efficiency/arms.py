"""What is compared: motherlode's strategies, with what labels are for, and peers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from benchmarks.efficiency.groups import chosen_peers
from benchmarks.efficiency.peers import Peer, too_large
from benchmarks.efficiency.sets import Prepared
from motherlode.errors import InputError
from motherlode.strategies import Strategy, named

Kind: TypeAlias = Literal["own", "random", "peer"]

GOALS = ("find", "learn", "both")

OWN = ("random", "margin", "most_likely", "continuous_learning", "auto")
"""Those of motherlode's that are run by default; "auto" stands for one arm for each goal."""


@dataclass(frozen=True)
class Arm:
    """One line of the tables.

    Attributes
    ----------
    name : str
        What tables call it.
    strategy : str or Peer
        As `motherlode.simulation.simulate` takes it.
    goal : {"both", "find", "learn"}
        What the labels are for, as the learner is told.
    kind : {"own", "random", "peer"}
        What its questions hang on: all of motherlode, chance, or another library.
    """

    name: str
    strategy: str | Strategy
    goal: str = "both"
    kind: Kind = "own"

    def too_large(self, of: Prepared) -> str | None:
        """Why it is not run on a set; None if it is."""
        if not isinstance(self.strategy, Peer):
            return None
        return too_large(self.strategy, of.pool_rows)


def chosen_arms(strategies: list[str], peers: list[str]) -> list[Arm]:
    """Arms by name, motherlode's first.

    Parameters
    ----------
    strategies : list of str
        Names of strategies, each with ``:goal`` if it goes by one: "margin", "auto:find".
    peers : list of str
        Names of peers, and of groups of them.

    Raises
    ------
    InputError
        If a strategy, goal or peer is unknown.
    """
    own = [arm for text in strategies for arm in _own(text)]
    theirs = [Arm(name, peer, kind="peer") for name, peer in chosen_peers(peers).items()]
    if not own and not theirs:
        raise InputError("there is no arm to compare; name strategies or peers")
    return list(dict.fromkeys([*own, *theirs]))


def _own(text: str) -> list[Arm]:
    name, _, goal = text.partition(":")
    named(name)
    if goal and goal not in GOALS:
        raise InputError(f"there is no goal {goal!r}; choose from {', '.join(GOALS)}")
    if name == "auto":
        return [Arm(f"auto:{one}", name, one) for one in ([goal] if goal else GOALS)]
    if name == "random":  # has no goal, and no model
        return [Arm(name, name, kind="random")]
    return [Arm(text, name, goal or "both")]
