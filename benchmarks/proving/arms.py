"""What is run on the proving ground: the default, chance, simple baselines and peers."""

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.efficiency.peers import PEERS, Peer
from benchmarks.proving.baselines import MODELS, RULES, Simple
from motherlode import Pool
from motherlode.errors import InputError
from motherlode.models import PretrainedClassifier, SkillWeighted
from motherlode.models._default import default_model
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


class Arm(NamedTuple):
    """How a learner is made: a strategy, and a model of the pool or None for its own."""

    strategy: str | Strategy
    model: Callable[[Pool], Any] | None = None


def with_network(pool: Pool) -> Any:
    """The default model with the pretrained network as a member; texts keep their one line."""
    own = default_model(pool)
    if not isinstance(own, SkillWeighted):
        return own
    first = {k: (*weights, 1.0) for k, weights in (own.first_weights or {}).items()}
    members = [*own.estimators, ("network", PretrainedClassifier())]
    return own.set_params(estimators=members, first_weights=first)


def network(pool: Pool) -> PretrainedClassifier:
    """The pretrained network alone."""
    return PretrainedClassifier()


WITH_NETWORK = "auto with the network"
PRETRAINED = {
    WITH_NETWORK: Arm("auto", with_network),
    "auto by the network alone": Arm("auto", network),
}
"""The default with another model: neither is the default, nor a rival."""

ARMS: dict[str, Arm] = {
    DEFAULT: Arm("auto"),
    CHANCE: Arm("random"),
    **{name: Arm(strategy) for name, strategy in RIVALS.items()},
    **PRETRAINED,
}
"""Every arm, as a learner takes it."""

SHORT = (DEFAULT, CHANCE, "forest, likeliest", "line, likeliest", "line, mixed", "ASReview's rule")
"""Arms of the quick run."""


def chosen(names: list[str]) -> list[str]:
    """Arms by name, "all", "short" or "pretrained".

    Raises
    ------
    InputError
        If a name is unknown.
    """
    groups = {"all": tuple(ARMS), "short": SHORT, "pretrained": tuple(PRETRAINED)}
    wanted = [known for name in names for known in groups.get(name, (name,))]
    for name in wanted:
        if name not in ARMS:
            raise InputError(f"there is no arm {name!r}; choose from {', '.join([*groups, *ARMS])}")
    return list(dict.fromkeys(wanted))
