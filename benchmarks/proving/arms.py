"""What is run on the proving ground: the default, chance, simple baselines and peers."""

from benchmarks.efficiency.peers import PEERS, Peer
from benchmarks.proving.baselines import MODELS, RULES, Simple
from motherlode.errors import InputError
from motherlode.strategies import Strategy

SIMPLE: dict[str, Peer] = {
    f"{model}, {rule}": Simple(model, rule)
    for model in MODELS
    for rule in RULES
    if (model, rule) != ("forest", "margin")  # which is modAL's default
}
"""Baselines of five lines."""

OTHERS: dict[str, Peer] = {
    "ASReview's rule": PEERS["asreview_default"],
    "modAL's default": PEERS["modal_default"],
    "scikit-activeml's margin": PEERS["skactiveml_margin_logistic"],
}
"""Other libraries, each as its users meet it first."""

RIVALS = {**SIMPLE, **OTHERS}
"""What the default is compared with, but for chance."""

DEFAULT, CHANCE = "auto", "random"

ARMS: dict[str, str | Strategy] = {DEFAULT: "auto", CHANCE: "random", **RIVALS}
"""Every arm, as a learner takes it."""

SHORT = (DEFAULT, CHANCE, "forest, likeliest", "line, likeliest", "line, mixed", "ASReview's rule")
"""Arms of the quick run."""


def chosen(names: list[str]) -> list[str]:
    """Arms by name, "all" or "short".

    Raises
    ------
    InputError
        If a name is unknown.
    """
    groups = {"all": tuple(ARMS), "short": SHORT}
    wanted = [known for name in names for known in groups.get(name, (name,))]
    for name in wanted:
        if name not in ARMS:
            raise InputError(f"there is no arm {name!r}; choose from all, short, {', '.join(ARMS)}")
    return list(dict.fromkeys(wanted))
