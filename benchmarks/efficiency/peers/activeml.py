"""scikit-activeml's strategies, run by scikit-activeml.

Facts about it (version 1.0.1) that a reader of the results should know:

- Sparse matrices are refused, so it is given dense arrays; `reading` says which.
- While one class only is labelled the failed fit of a linear model is swallowed, all utilities
  are equal, and rows are asked at random.
- For two classes margin, entropy and least confidence rank alike.
- BADGE and TypiClust may pick a row twice; the gap in the batch is then filled at random.
- TypiClust raises an UnboundLocalError where every cluster holds a labelled row.
- CLUE's clustering does not heed ``random_state``; it is given the seed by another parameter.
- Its committee of bags (a `SklearnClassifier` around scikit-learn's `BaggingClassifier` of
  logistic regressions) raises as soon as one bag misses the rare class, which is the rule and
  not the exception here. The linear committee is therefore five regularisations instead.
- Where it raises, its error is shown as a warning, and the round's rows are asked at random.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.efficiency.peers.base import Peer, picked_first, seed_of
from benchmarks.efficiency.peers.reading import read
from motherlode._round.view import View
from motherlode._rows.arrays import Floats
from motherlode.errors import InputError

COMMITTEE = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Values of C of the logistic regressions that make up a committee."""

_MODEL_ARGUMENTS = ("clf", "ensemble", "estimator")


class PeerFailed(RuntimeWarning):
    """A peer raised where it should have picked rows."""


@dataclass(frozen=True)
class ScikitActiveML(Peer):
    """A query strategy of ``skactiveml.pool``.

    Parameters
    ----------
    strategy : str
        The name of its class.
    method : str, optional
        Its parameter of that name.
    model : {"logistic", "forest"}, optional
        The classifier it asks; None for a strategy that asks none.
    argument : {"clf", "ensemble", "estimator"}
        What its ``query`` calls the classifier.
    reading : {"features", "points", "directions"}
        How it is given the pool (`benchmarks.efficiency.peers.reading.read`).
    limit : int, optional
        The largest pool it is asked to handle.
    """

    strategy: str
    method: str | None = None
    model: str | None = None
    argument: str = "clf"
    reading: str = "features"
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.model not in (None, *_MODELS) or self.argument not in _MODEL_ARGUMENTS:
            raise InputError(f"there is no scikit-activeml peer with {self.model}, {self.argument}")

    @property
    def most_rows(self) -> int | None:
        """The limit."""
        return self.limit

    def utilities(self, view: View) -> Floats:
        """The rows that scikit-activeml picks, first to last, and then all others."""
        y = np.full(len(view.pool), np.nan)
        y[view.labelled_rows] = view.labelled_codes
        seed = seed_of(view)
        # Kept for the pool's life: ProbCover measures the pool once, in its first query.
        strategy = view.pool.once(("scikit-activeml", self), self._strategy)
        strategy.set_params(**_seeded(strategy, seed))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of failed fits, once a round and tree
                picks = strategy.query(
                    X=read(view.pool, self.reading),
                    y=y,
                    candidates=view.rows,
                    batch_size=min(view.batch, len(view)),
                    **self._model(len(view.classes), seed),
                )
        except Exception as error:
            warnings.warn(f"{self} raised {error!r}; asking at random", PeerFailed, stacklevel=2)
            return np.zeros(len(view))
        return picked_first(view, picks)

    def _strategy(self) -> Any:
        from skactiveml import pool

        chosen = {} if self.method is None else {"method": self.method}
        return getattr(pool, self.strategy)(**chosen)

    def _model(self, classes: int, seed: int) -> dict[str, Any]:
        if self.model is None:
            return {}
        from skactiveml.classifier import SklearnClassifier

        def wrapped(estimator: Any) -> Any:
            return SklearnClassifier(estimator, classes=list(range(classes)), random_state=seed)

        if self.argument == "ensemble" and self.model == "logistic":
            return {"ensemble": [wrapped(_logistic(seed, C)) for C in COMMITTEE]}
        return {self.argument: wrapped(_MODELS[self.model](seed))}


def _seeded(strategy: Any, seed: int) -> dict[str, Any]:
    seeded: dict[str, Any] = {"random_state": seed}
    if type(strategy).__name__ == "Clue":  # whose clustering does not heed its own seed
        seeded["cluster_algo_dict"] = {"random_state": seed}
    return seeded


def _logistic(seed: int, C: float = 1.0) -> Any:
    return LogisticRegression(C=C, max_iter=1000)


def _forest(seed: int) -> Any:
    return RandomForestClassifier(100, random_state=seed)


_MODELS: dict[str, Callable[[int], Any]] = {"logistic": _logistic, "forest": _forest}
