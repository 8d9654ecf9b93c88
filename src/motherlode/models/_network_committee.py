"""Committees of networks: masks of one network, or several networks from different starts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from .._rows.arrays import Floats, Matrix
from ..errors import InputError
from ._adapt import as_classifier
from ._classifier import FittedClassifier, fit_classifier, inside
from ._committee import Behind, Committee, Labelled
from ._neural.classifier import NetworkClassifier
from ._neural.network import Masks


class DropoutPass:
    """A fitted network under one draw of its dropout masks."""

    def __init__(self, network: NetworkClassifier, masks: Masks) -> None:
        self.network, self.masks, self.classes_ = network, masks, network.classes_

    def predict_proba(self, X: Matrix) -> Floats:
        """Return probabilities of shape (n, k)."""
        return self.network.dropout_pass(X, self.masks)


@dataclass(frozen=True)
class MCDropout(Committee):
    """The fitted query model itself, a network, under several draws of its dropout masks.

    Nothing is fitted again; a member costs one forward pass. A member keeps its masks for all
    rows, so it is *one* network, and batch normalisation and all else stay as in prediction.

    Parameters
    ----------
    passes : int
        Members.

    References
    ----------
    Gal & Ghahramani (2016), Dropout as a Bayesian approximation: representing model uncertainty
    in deep learning, ICML. Gal, Islam & Ghahramani (2017), Deep Bayesian active learning with
    image data, ICML.
    """

    passes: int = 20

    def __post_init__(self) -> None:
        if self.passes < 2:
            raise InputError(f"passes is {self.passes}; a committee needs at least 2.")

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[Any]:
        """Return one member for each draw of masks.

        Raises
        ------
        InputError
            If the query model is no network, or has no dropout layer.
        """
        before, network = inside(model.estimator)
        _check(network, "MCDropout", "give a Keras or PyTorch model, or committee='bags'")
        if not network.dropouts_:
            raise InputError(
                "MCDropout needs a network with a dropout layer and this one has none; add one, "
                "or use DeepEnsemble()."
            )
        seeds = rng.integers(2**31 - 1, size=self.passes).tolist()
        passes = [DropoutPass(network, Masks(seed)) for seed in seeds]
        return [Behind(FittedClassifier(p, model.classes), before, None) for p in passes]


@dataclass(frozen=True)
class DeepEnsemble(Committee):
    """The same network, trained ``size`` times on all labelled rows from new initial weights.

    Layers that are frozen (``trainable=False`` in Keras, ``requires_grad=False`` in PyTorch)
    keep the weights they were handed in with. Under the mean of a proper loss the members' mean
    is as a rule better calibrated than any of them.

    Parameters
    ----------
    size : int
        Members.

    References
    ----------
    Lakshminarayanan, Pritzel & Blundell (2017), Simple and scalable predictive uncertainty
    estimation using deep ensembles, NeurIPS. Beluch, Genewein, Nürnberger & Köhler (2018), The
    power of ensembles for active learning in image classification, CVPR.
    """

    size: int = 5

    def __post_init__(self) -> None:
        if self.size < 2:
            raise InputError(f"size is {self.size}; a committee needs at least 2 members.")

    def members(
        self, model: FittedClassifier, unfitted: Any, labelled: Labelled, rng: np.random.Generator
    ) -> list[Any]:
        """Fit every member.

        Raises
        ------
        InputError
            If the query model is no network.
        """
        fresh = clone(as_classifier(unfitted))
        network = inside(fresh)[1]
        _check(network, "DeepEnsemble", "committee='seeds' does the same for other models")
        network.set_params(weights="new")
        seeds = rng.integers(2**31 - 1, size=self.size).tolist()
        return [
            fit_classifier(_seeded(fresh, s), labelled.X, labelled.y, labelled.classes, s)
            for s in seeds
        ]


def _check(model: Any, committee: str, remedy: str) -> None:
    if not isinstance(model, NetworkClassifier):
        kind = type(model).__name__
        raise InputError(
            f"{committee} needs a network as the query model and it is {kind}; {remedy}."
        )


def _seeded(model: Any, seed: int) -> Any:
    """Clone a model; in the clone every seed is this one."""
    own = clone(model)
    names = [n for n in own.get_params(deep=True) if n.split("__")[-1] == "random_state"]
    return own.set_params(**dict.fromkeys(names, seed))
