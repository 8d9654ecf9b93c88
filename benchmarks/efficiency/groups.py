"""Which peers go together; apart from the peers, since what they ask does not hang on it."""

from importlib.util import find_spec

from benchmarks.efficiency.peers import PEERS, Peer
from benchmarks.efficiency.peers.activeml import ScikitActiveML
from motherlode.errors import InputError

PACKAGE = "scikit-activeml==1.0.1"

_ALIKE = ("_entropy_", "_least_confident_")

GROUPS: dict[str, tuple[str, ...]] = {
    "main": (
        "skactiveml_margin_logistic",
        "skactiveml_qbc_kl_logistic",
        "skactiveml_badge_logistic",
        "skactiveml_coreset",
        "skactiveml_typiclust",
        "skactiveml_falcun_logistic",
        "modal_default",
        "asreview_default",
    ),
    "all": tuple(PEERS),
    # For two classes entropy and least confidence ask as margin does, ties aside.
    "distinct": tuple(
        name for name in PEERS if "qbc" in name or not any(measure in name for measure in _ALIKE)
    ),
    "quick": ("skactiveml_margin_logistic", "modal_default", "asreview_default"),
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
