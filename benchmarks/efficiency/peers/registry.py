"""The peers by name."""

from benchmarks.efficiency.peers.activeml import ScikitActiveML
from benchmarks.efficiency.peers.asreview import AsreviewDefault
from benchmarks.efficiency.peers.base import Peer
from benchmarks.efficiency.peers.modal import ModalDefault

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


def too_large(peer: Peer, pool_rows: int) -> str | None:
    """Why a peer is not run on a pool of that size; None if it is."""
    if peer.most_rows is None or pool_rows <= peer.most_rows:
        return None
    return f"its pool of {pool_rows:,} rows is above the limit of {peer.most_rows:,}"
