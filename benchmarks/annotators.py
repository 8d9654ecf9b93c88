"""How often settled labels are wrong, by the model that settles them and the rows seen again.

``python -m benchmarks.annotators`` prints the table of docs/howto/annotators.md. Labels of
annotators who err alike are drawn; one in five rows gets a second label. These are random rows,
or half of them are rows that the first annotator called positive, as projects have it.
"""

import argparse
import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene, OneCoinDawidSkene

from motherlode.estimation import Opinion, judge_annotators, settle_opinions
from motherlode.project._serving.queue import find_share_asked_twice

TWICE = 0.2
SKILLS = ((0.8, 0.95), (0.95, 0.99))  # sensitivity and specificity


def draw(
    rng: np.random.Generator, n: int, prevalence: float, skill: tuple[float, float], people: int,
    rare_first: bool,
) -> tuple[np.ndarray, list[Opinion]]:  # fmt: skip
    """Draw classes of rows, and what one or two annotators say of each."""
    truth = (rng.random(n) < prevalence).astype(int)
    right = np.where(truth == 1, *skill)

    def say() -> np.ndarray:
        return np.where(rng.random(n) < right, truth, 1 - truth)

    who = rng.integers(people, size=n)
    other = (who + 1 + rng.integers(people - 1, size=n)) % people
    first, second = say(), say()
    counts = {str(code): int((first == code).sum()) for code in (0, 1)}
    share = [
        find_share_asked_twice(str(code), counts, TWICE, "1") if rare_first else TWICE
        for code in (0, 1)
    ]
    again = np.flatnonzero(rng.random(n) < np.array(share)[first])
    said = [Opinion(row, f"{who[row]}", int(first[row])) for row in range(n)]
    return truth, said + [Opinion(int(r), f"{other[r]}", int(second[r])) for r in again]


def count_votes(said: list[Opinion]) -> np.ndarray:
    """Count the votes for each class, shape (n, 2)."""
    votes = np.zeros((1 + max(o.row for o in said), 2))
    np.add.at(votes, ([o.row for o in said], [o.code for o in said]), 1)
    return votes


def vote(said: list[Opinion]) -> np.ndarray:
    """Settle by most votes; a tie is half of each class."""
    votes = count_votes(said)
    return np.where(votes[:, 0] == votes[:, 1], 0.5, votes.argmax(axis=1))


def run_peer(model: type[Any]) -> Callable[[list[Opinion]], np.ndarray]:
    """Settle by a model of crowd-kit, among the classes that were named."""

    def settle(said: list[Opinion]) -> np.ndarray:
        data = pd.DataFrame(said).rename(
            columns={"row": "task", "annotator": "worker", "code": "label"}
        )
        P = model().fit_predict_proba(data).reindex(columns=[0, 1], fill_value=0.0).sort_index()
        return np.where(count_votes(said) > 0, P.to_numpy(), -1.0).argmax(axis=1)

    return settle


MODELS = {
    "vote": vote,
    "Dawid-Skene, no prior": run_peer(DawidSkene),
    "one-coin": run_peer(OneCoinDawidSkene),
    "motherlode": lambda said: settle_opinions(said, 2).codes,
}


def main() -> None:
    """Print the table, a line for each setting."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=10)
    arguments.add_argument("--rows", type=int, default=1_000)
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    print("| annotators | prevalence | sensitivity, specificity | seen again |", *(
        f"{name} |" for name in MODELS), "intervals that hold |")  # fmt: skip
    print("|---" * (5 + len(MODELS)) + "|")
    for people, prevalence, skill, rare_first in product(
        (2, 3), (0.01, 0.05), SKILLS, (False, True)
    ):
        wrong, held = {name: [] for name in MODELS}, []
        for run in range(given.runs):
            rng = np.random.default_rng([run, people, int(100 * prevalence), int(100 * skill[0])])
            truth, said = draw(rng, given.rows, prevalence, skill, people, rare_first)
            for name, settle in MODELS.items():
                wrong[name].append(100 * np.abs(settle(said) - truth).mean())
            for one in judge_annotators(settle_opinions(said, 2), [0, 1], rng):
                rates = {1: 1 - skill[0], 0: 1 - skill[1]}
                held += [
                    one.errors[c].low <= rate <= one.errors[c].high for c, rate in rates.items()
                ]
        which = "half called positive" if rare_first else "random"
        means = " | ".join(f"{np.mean(values):.2f}" for values in wrong.values())
        setting = f"{people} | {100 * prevalence:.0f} % | {skill[0]}, {skill[1]} | {which}"
        print(f"| {setting} | {means} | {100 * np.mean(held):.0f} % |", flush=True)


if __name__ == "__main__":
    main()
