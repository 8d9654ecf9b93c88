"""What weights are worth on tasks that were never trained on, by the code that is shipped."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from motherlode._rows.arrays import Floats
from motherlode.models._pretrained._features import POSITIVE, Features
from motherlode.models._pretrained._forward import Network

from .tasks import MOST_POSITIVES, RawTask, draw_raw_task
from .training import KEPT_ASIDE, average_precision

GROUPS = (1, 2, 4, 10, 20)
"""Positives from which on a line of the figures holds."""

_FIRST = 2**20  # those before are of the curve


def measure_shipped(weights: Mapping[str, Floats], tasks: int) -> list[dict[str, Any]]:
    """Measure average precision by the number of positives, beside a forest.

    Parameters
    ----------
    weights : mapping of str to ndarray
        As they are shipped.
    tasks : int
        How many tasks to draw.
    """
    network = Network(weights)
    found: dict[int, list[tuple[float, float]]] = {group: [] for group in GROUPS}
    for i in range(tasks):
        raw = draw_raw_task(np.random.default_rng([KEPT_ASIDE, _FIRST + i]))
        if not raw.truth.any():
            continue
        positives = int((raw.states == POSITIVE).sum())
        each = tuple(
            average_precision(scores, raw.truth, raw.weights)
            for scores in (_by_network(network, raw), _by_forest(raw, i))
        )
        found[max(g for g in GROUPS if g <= positives)].append(each)
    return [_line(group, np.array(each)) for group, each in found.items() if len(each) > 1]


def _by_network(network: Network, raw: RawTask) -> Floats:
    features = Features(raw.context, raw.states)
    context = features.of_context(raw.context)
    return network.score(context, raw.states, features.of_rows(raw.queries))


def _by_forest(raw: RawTask, seed: int) -> Floats:
    forest = RandomForestClassifier(100, random_state=seed)
    forest.fit(raw.context, raw.states == POSITIVE)
    return np.asarray(forest.predict_proba(raw.queries)[:, 1])


def _line(group: int, each: Floats) -> dict[str, Any]:
    gain = each[:, 0] - each[:, 1]
    last = [*(later - 1 for later in GROUPS[1:]), MOST_POSITIVES][GROUPS.index(group)]
    return {
        "positives": str(group) if last == group else f"{group} to {last}",
        "tasks": len(each),
        "network": round(float(each[:, 0].mean()), 4),
        "forest": round(float(each[:, 1].mean()), 4),
        "gain": round(float(gain.mean()), 4),
        "error": round(float(gain.std(ddof=1) / np.sqrt(len(gain))), 4),
    }
