"""The network in PyTorch: rows look at the context, and only at it.

`motherlode.models._pretrained._forward` computes the same in numpy.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from motherlode.models._pretrained._features import WIDTH

from .tasks import Task

_STATES = 3
_FAR = -1e9


class Batch(NamedTuple):
    """Tasks as tensors; rows of one state lie together, and are padded to one number."""

    context: Tensor  # (b, m, p)
    states: Tensor  # (b, m); -1 where padded
    parts: tuple[slice, ...]  # where the rows of each state lie
    queries: Tensor  # (b, q, p)
    truth: Tensor  # (b, q)
    weights: Tensor  # (b, q)


def make_batch(tasks: Sequence[Task]) -> Batch:
    """Put tasks together."""
    most = [max(int((task.states == state).sum()) for task in tasks) for state in range(_STATES)]
    ends = np.cumsum(most)
    parts = tuple(slice(int(end - size), int(end)) for end, size in zip(ends, most, strict=True))
    context = np.zeros((len(tasks), sum(most), WIDTH), dtype=np.float32)
    states = np.full((len(tasks), sum(most)), -1, dtype=np.int64)
    for i, task in enumerate(tasks):
        for state, part in enumerate(parts):
            rows = task.context[task.states == state]
            context[i, part.start : part.start + len(rows)] = rows
            states[i, part.start : part.start + len(rows)] = state
    return Batch(
        torch.from_numpy(context),
        torch.from_numpy(states),
        parts,
        torch.from_numpy(np.stack([task.queries for task in tasks])),
        torch.from_numpy(np.stack([task.truth for task in tasks]).astype(np.float32)),
        torch.from_numpy(np.stack([task.weights for task in tasks]).astype(np.float32)),
    )


class Layer(nn.Module):
    """Attention to the context, for each state on its own if grouped, and two linear maps."""

    def __init__(self, width: int, heads: int, *, grouped: bool) -> None:
        super().__init__()
        self.heads, self.groups = heads, _STATES if grouped else 1
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(self.groups * width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Let rows of context and queries, shape (b, m + q, width), look at the context."""
        normed = self.norm1(hidden)
        context = normed[:, : batch.context.shape[1]]
        query = self._split(self.query(normed))
        key, value = self._split(self.key(context)), self._split(self.value(context))
        parts = batch.parts if self.groups > 1 else (slice(None),)
        seen = [
            _attend(query, key[:, :, part], value[:, :, part], batch.states[:, part] >= 0)
            for part in parts
        ]
        hidden = hidden + self.out(torch.cat(seen, -1))
        return hidden + self.down(torch.relu(self.up(self.norm2(hidden))))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def _attend(query: Tensor, key: Tensor, value: Tensor, there: Tensor) -> Tensor:
    """Attend to the rows that are there; a task without any gets zeros."""
    # Written out: on processors it takes half the time of torch's own, forward and backward.
    logits = (query / key.shape[-1] ** 0.5) @ key.transpose(-1, -2)
    logits = logits + torch.where(there, 0.0, _FAR)[:, None, None, :]
    seen = (torch.softmax(logits, -1) @ value).transpose(1, 2).flatten(2)
    return seen * there.any(dim=1)[:, None, None]


class Network(nn.Module):
    """A network that ranks rows by a context of known and unknown ones."""

    def __init__(self, width: int = 128, layers: int = 6, heads: int = 4, *, grouped: bool = True):
        super().__init__()
        self.heads = heads
        self.enter = nn.Linear(WIDTH, width)
        self.state = nn.Embedding(_STATES, width)
        self.layers = nn.ModuleList(Layer(width, heads, grouped=grouped) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, 1)

    def forward(self, batch: Batch) -> Tensor:
        """Compute the log odds of each query, shape (b, q)."""
        known = batch.context.shape[1]
        states = torch.cat([batch.states.clamp(min=0), torch.zeros_like(batch.truth).long()], 1)
        hidden = self.enter(torch.cat([batch.context, batch.queries], 1)) + self.state(states)
        for layer in self.layers:
            hidden = layer(hidden, batch)
        return self.leave(self.norm(hidden[:, known:])).squeeze(-1)

    def weights(self) -> dict[str, np.ndarray]:
        """Give the weights by name, as the network in numpy reads them."""
        held = {name: value.detach().numpy() for name, value in self.state_dict().items()}
        return held | {"heads": np.array(self.heads)}


def compute_loss(scores: Tensor, batch: Batch, ranking: float = 0.3) -> Tensor:
    """Compute the log loss over the pool, and how far positives are from the top of the ranking.

    The ranking's part is the cross entropy of a softmax over the queries of a task, to the
    positives in it (ListNet's top-one loss), so that the first ranks count most.
    """
    log_loss = nn.functional.binary_cross_entropy_with_logits(
        scores, batch.truth, weight=batch.weights
    )
    counts = batch.truth.sum(dim=1).clamp(min=1)
    top = -(torch.log_softmax(scores, dim=1) * batch.truth).sum(dim=1) / counts
    return log_loss + ranking * top[batch.truth.any(dim=1)].mean() / 5.0
