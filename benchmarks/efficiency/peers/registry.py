"""The peers by name, and which of them go together."""

from importlib.util import find_spec

from benchmarks.efficiency.peers.activeml import ScikitActiveML
from benchmarks.efficiency.peers.asreview import AsreviewDefault
from benchmarks.efficiency.peers.base import Peer
from benchmarks.efficiency.peers.modal import ModalDefault
from motherlode.errors import InputError

PACKAGE = "scikit-activeml==1.0.1"

_MODELS = ("logistic", "forest")
_UNCERTAINTY = {
    "margin": "margin_sampling",
    "entropy": "entropy",
    "least_confident": "least_confident",
}
_COMMITTEE = {"qbc_kl": "KL_divergence", "qbc_vote_entropy": "vote_entropy"}

PEERS: dict[str, Peer] = {
    "skactiveml_random": ScikitActiveML("RandomSampling", reading="points"),
    **{
        f"skactiveml_{name}_{model}": ScikitActiveML("UncertaintySampling", method, model)
        for name, method in _UNCERTAINTY.items()
        for model in _MODELS
    },
    **{
        f"skactiveml_{name}_{model}": ScikitActiveML("QueryByCommittee", method, model, "ensemble")
        for name, method in _COMMITTEE.items()
        for model in _MODELS
    },
    **{
        f"skactiveml_badge_{model}": ScikitActiveML("Badge", model=model, reading="points")
        for model in _MODELS
    },
    **{f"skactiveml_falcun_{model}": ScikitActiveML("Falcun", model=model) for model in _MODELS},
    **{
        f"skactiveml_clue_{model}": ScikitActiveML(
            "Clue", model=model, argument="estimator", reading="points"
        )
        for model in _MODELS
    },
    "skactiveml_coreset": ScikitActiveML("CoreSet", reading="points"),
    # It clusters the whole pool anew each round, into as many clusters as there are labels.
    "skactiveml_typiclust": ScikitActiveML("TypiClust", reading="points", limit=10_000),
    # It holds all pairs of rows; its radii, 0.2 to 2, are made for directions.
    "skactiveml_probcover": ScikitActiveML("ProbCover", reading="directions", limit=5_000),
    "modal_default": ModalDefault(),
    "asreview_default": AsreviewDefault(),
}
"""Every peer, by the name that tables call it."""

_ALIKE = ("_entropy_", "_least_confident_")

GROUPS: dict[str, tuple[str, ...]] = {
    "all": tuple(PEERS),
    # For two classes entropy and least confidence ask as margin does, ties aside.
    "distinct": tuple(
        name for name in PEERS if "qbc" in name or not any(measure in name for measure in _ALIKE)
    ),
    "quick": (
        "skactiveml_margin_logistic",
        "skactiveml_badge_logistic",
        "skactiveml_typiclust",
        "modal_default",
        "asreview_default",
    ),
}
"""Names that stand for several peers."""


def chosen_peers(names: list[str]) -> dict[str, Peer]:
    """Peers by name, groups spelt out.

    Raises
    ------
    InputError
        If a name is unknown, or the package behind it is not installed.
    """
    wanted = [known for name in names for known in GROUPS.get(name, (name,))]
    for name in wanted:
        if name not in PEERS:
            raise InputError(
                f"there is no peer {name!r}; choose from {', '.join([*GROUPS, *PEERS])}"
            )
        if isinstance(PEERS[name], ScikitActiveML) and find_spec("skactiveml") is None:
            raise InputError(f"{name} needs scikit-activeml: pip install {PACKAGE}")
    return {name: PEERS[name] for name in wanted}


def too_large(peer: Peer, pool_rows: int) -> str | None:
    """Why a peer is not run on a pool of that size; None if it is."""
    if peer.most_rows is None or pool_rows <= peer.most_rows:
        return None
    return f"its pool of {pool_rows:,} rows is above the limit of {peer.most_rows:,}"
