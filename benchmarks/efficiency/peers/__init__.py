"""What other libraries would ask, as strategies that motherlode's own simulation runs.

Each peer is a frozen `motherlode.strategies.Strategy` that hands the pool and the labels so far
to the other library, with a model of that library's own, and asks the rows which it picks. Splits,
starting rows, budget and the final model that is scored are thus the same for all; only the
question differs.
"""

from benchmarks.efficiency.peers.base import Peer
from benchmarks.efficiency.peers.registry import PEERS, too_large

__all__ = ["PEERS", "Peer", "too_large"]
