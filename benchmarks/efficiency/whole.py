"""How good the final model would be if the whole pool were labelled: the mark to come near to."""

import json
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.efficiency import models
from motherlode import ActiveLearner, Pool
from motherlode.metrics import average_precision
from motherlode.simulation import Dataset, split
from motherlode.simulation.dataset import are_positive
from motherlode.simulation.identity import fingerprint
from motherlode.simulation.scoring import minority_scores


class WholePools:
    """Average precision of the fully labelled pool, by set and seed.

    Parameters
    ----------
    path : Path
        A JSONL file in which each is kept once it is known.
    model : {"default", "logistic", "forest"}
    goal : str
        As the learner takes it.
    """

    def __init__(self, path: Path, model: str, goal: str = "both") -> None:
        self.path, self.model, self.goal = path, model, goal
        text = path.read_text() if path.exists() else ""
        if not text.endswith("\n") and text:  # a crash tore the last line off
            path.write_text(text + "\n")
        parsed = map(_parsed, text.splitlines())
        self._known = {(of, seed): value for of, seed, value in parsed if of}

    def average_precision(self, dataset: Dataset, seed: int) -> float:
        """On the test part of that seed, of a model that has seen every label of the pool."""
        key = (f"{dataset.name}: {fingerprint(dataset)}", seed)
        if key not in self._known:
            self._known[key] = _fully_labelled(dataset, seed, self.model, self.goal)
            line = json.dumps({"set": key[0], "seed": seed, "value": self._known[key]})
            with self.path.open("a") as file:
                file.write(line + "\n")
        return self._known[key]


def _parsed(line: str) -> tuple[str, int, float]:
    try:
        record = json.loads(line)
        return record["set"], record["seed"], record["value"]
    except (ValueError, KeyError, TypeError):
        return "", 0, 0.0


def _fully_labelled(dataset: Dataset, seed: int, model: str, goal: str) -> float:
    data, labels, test_data, test_labels = split(dataset, seed)
    with threadpool_limits(1, user_api="blas"):
        learner = ActiveLearner(
            Pool(data),
            dataset.classes,
            models.final(model),
            "random",
            minority=list(dataset.minority),
            goal=goal,
            seed=seed,
        )
        learner.teach(range(len(labels)), labels)
        scores = minority_scores(
            learner.final_model(), test_data, dataset.classes, dataset.minority
        )
    return average_precision(are_positive(test_labels, dataset.minority), scores)
