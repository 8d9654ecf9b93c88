"""What final models say of a few fixed rows, kept small, for rules that watch a model change."""

from base64 import b64decode, b64encode

import numpy as np

from .._rows.arrays import Floats, Rows

_STEPS = 65_536
_MOST = 500


def choose_watched(n: int, seed: int) -> Rows:
    """Choose the rows to watch of ``n``: all, or a random 500."""
    drawn = np.random.default_rng([seed, n]).choice(n, min(n, _MOST), replace=False)
    return np.sort(drawn).astype(np.int64)


def pack(probabilities: Floats) -> str:
    """Write probabilities as text of some three characters each.

    They are kept to 1 in 65,536, and lie on the same side of one half as before.

    Examples
    --------
    >>> unpack(pack(np.array([0.0, 0.4999999, 0.5, 1.0]))).round(4).tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    steps = np.minimum(np.floor(probabilities * _STEPS), _STEPS - 1).astype("<u2")
    return b64encode(steps.tobytes()).decode("ascii")


def unpack(text: str) -> Floats:
    """Read what `pack` wrote: each probability as the middle of its step."""
    return (np.frombuffer(b64decode(text, validate=True), dtype="<u2") + 0.5) / _STEPS
