"""Training: fresh tasks at each step, a rate that warms up and falls, checkpoints to go on from."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from .network import Batch, Network, compute_loss, make_batch
from .tasks import Task, draw_task

KEPT_ASIDE = 2**40  # seeds from here on are of tasks that are never trained on


@dataclass(frozen=True)
class Design:
    """What is trained, and on what.

    Attributes
    ----------
    width, layers, heads : int
        Sizes of the network.
    grouped : bool
        Whether attention is normalised for each state on its own.
    by_search : bool
        Whether labels are picked as a search picks them.
    presumed : bool
        Whether rows that nobody labelled have a state of their own; if not, they count as negative.
    steps, batch : int
        Steps, and tasks in each.
    rate : float
        The highest learning rate.
    seed : int
        Sets all tasks and the first weights.
    """

    width: int = 128
    layers: int = 6
    heads: int = 4
    grouped: bool = True
    by_search: bool = True
    presumed: bool = True
    steps: int = 6_000
    batch: int = 16
    rate: float = 1e-3
    seed: int = 0

    def build(self) -> Network:
        """Make the network with its first weights."""
        torch.manual_seed(self.seed)
        return Network(self.width, self.layers, self.heads, grouped=self.grouped)

    def rate_at(self, step: int) -> float:
        """Tell the learning rate of a step."""
        warm = min(1.0, (step + 1) / 200)
        return self.rate * warm * max(0.01, 0.5 + 0.5 * cos(pi * step / self.steps))


def draw_batch(design: Design, step: int) -> list[Task]:
    """Draw the tasks of a step; they depend on the seed and the step alone."""
    rng = np.random.default_rng([design.seed, step])
    return [
        draw_task(rng, by_search=design.by_search, presumed=design.presumed)
        for _ in range(design.batch)
    ]


def train(design: Design, folder: Path, *, workers: int = 0, every: int = 200) -> Network:
    """Train a network, or go on with one, and keep checkpoints and the curve in a folder.

    Parameters
    ----------
    design : Design
        What to train.
    folder : Path
        Where ``checkpoint.pt`` and ``curve.jsonl`` are kept. A checkpoint of the same design is
        gone on from.
    workers : int
        Processes that draw tasks; with 0 this process draws them.
    every : int
        Steps between two checkpoints.
    """
    network = design.build()
    optimiser = torch.optim.AdamW(network.parameters(), lr=design.rate, weight_decay=1e-4)
    start = _resume(design, folder, network, optimiser)
    losses: list[float] = []
    began = time.process_time()
    for step, tasks in enumerate(_draw_ahead(design, start, workers), start):
        for group in optimiser.param_groups:
            group["lr"] = design.rate_at(step)
        losses.append(_take_step(network, optimiser, make_batch(tasks)))
        if (step + 1) % every == 0 or step + 1 == design.steps:
            seconds = time.process_time() - began
            _keep(design, folder, network, optimiser, step + 1, float(np.mean(losses)), seconds)
            losses, began = [], time.process_time()
    return network


def _take_step(network: Network, optimiser: torch.optim.Optimizer, batch: Batch) -> float:
    loss = compute_loss(network(batch), batch)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return loss.item()


def _draw_ahead(design: Design, start: int, workers: int) -> Iterator[list[Task]]:
    if not workers:
        yield from (draw_batch(design, step) for step in range(start, design.steps))
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(draw_batch, design, s) for s in range(start, start + 2 * workers)]
        for step in range(start, design.steps):
            if step + 2 * workers < design.steps:
                waiting.append(pool.submit(draw_batch, design, step + 2 * workers))
            yield waiting.pop(0).result()


def _resume(
    design: Design, folder: Path, network: Network, optimiser: torch.optim.Optimizer
) -> int:
    if not (folder / "checkpoint.pt").exists():
        folder.mkdir(parents=True, exist_ok=True)
        return 0
    kept = read_checkpoint(folder)
    if Design(**kept["design"]) != design:
        raise SystemExit(f"The checkpoint in {folder} is of another design; give another folder.")
    network.load_state_dict(kept["network"])
    optimiser.load_state_dict(kept["optimiser"])
    return int(kept["step"])


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a checkpoint without running code that it may hold.

    Parameters
    ----------
    folder : Path
        Where `train` kept it.
    """
    # The rate of early checkpoints is a number of numpy.
    numbers = [np._core.multiarray.scalar, np.dtype, type(np.dtype(np.float64))]
    with torch.serialization.safe_globals(numbers):
        kept: dict[str, Any] = torch.load(folder / "checkpoint.pt", weights_only=True)
    return kept


def _keep(
    design: Design,
    folder: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    step: int,
    loss: float,
    seconds: float,
) -> None:
    kept = {
        "design": asdict(design),
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
    }
    torch.save(kept, folder / "checkpoint.part")
    (folder / "checkpoint.part").replace(folder / "checkpoint.pt")
    said = {"step": step, "loss": round(loss, 4), "cpu_seconds": round(seconds, 1)}
    said |= measure(network, design)
    with (folder / "curve.jsonl").open("a") as curve:
        curve.write(json.dumps(said) + "\n")
    print(json.dumps(said), flush=True)


def measure(network: Network, design: Design, tasks: int = 64) -> dict[str, float]:
    """Measure a network on tasks that it is never trained on: loss and average precision.

    The tasks are picked as a search picks them, whatever the design was trained on.
    """
    drawn = [
        draw_task(np.random.default_rng([KEPT_ASIDE, i]), presumed=design.presumed)
        for i in range(tasks)
    ]
    network.eval()
    with torch.no_grad():
        batch = make_batch(drawn)
        scores = network(batch)
        loss = compute_loss(scores, batch).item()
    network.train()
    kept = [i for i in range(tasks) if drawn[i].truth.any()]
    precision = [
        average_precision(scores[i].numpy(), drawn[i].truth, drawn[i].weights) for i in kept
    ]
    return {"loss_aside": round(loss, 4), "ap_aside": round(float(np.mean(precision)), 4)}


def average_precision(scores: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """Compute the average precision over the pool that weighted queries stand for."""
    return float(average_precision_score(truth, scores, sample_weight=weights))
