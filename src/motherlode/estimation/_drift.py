"""Whether new values are like those before, by a test that holds at every look.

The rank of a value among all before it and itself, with ties broken at random, is uniform if the
values come in random order, and independent of the ranks before it. So a wager on ranks that are
not uniform multiplies its stake only if the values changed. The stake exceeds ``1 / error`` at any
time, however often somebody looks, with a probability of ``error`` at most. The values may be
scores of a model, which need no label, or labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, logsumexp

from .._inert.description import Described, Description
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ._value import check_share

_CUTS = np.array([0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995])
# Ranks that the first guess of a wager, that they are uniform, counts for: a low number finds large
# changes soon, a high one small changes at all.
_PRIORS = np.array([10.0, 100.0])[:, None, None]
_BLOCK = 1_000


@dataclass(frozen=True, repr=False)
class Drift(Described):
    """What a stream of values says of a change.

    Attributes
    ----------
    evidence : tuple of float
        The stake after each batch, by which one unit has multiplied.
    shift : float
        How high the new values rank among those before, on average over the batch that proved a
        change, or else the last one: 0.5 if they are alike, more if they are higher.
    level : float in (0, 1)
        In which share of streams without a change, at least, no change is ever reported.
    """

    evidence: tuple[float, ...]
    shift: float
    level: float

    @property
    def changed(self) -> bool:
        """Whether a change was ever proved."""
        return max(self.evidence, default=1.0) >= 1 / (1 - self.level) * (1 - 1e-12)

    @property
    def since(self) -> int | None:
        """After which batch, counted from 0, a change was first proved; None if it is not."""
        limit = 1 / (1 - self.level) * (1 - 1e-12)
        return next((i for i, one in enumerate(self.evidence) if one >= limit), None)

    def write(self, what: str = "The new rows", values: str = "scores") -> str:
        """Write it as one sentence.

        Parameters
        ----------
        what : str
            What the values are of.
        values : str
            What they are, in the plural.
        """
        sure = f"{100 * self.level:.3g} %"
        if not self.changed:
            return f"{what} show no change of {values} (at {sure} confidence, at every look)."
        way = "higher" if self.shift > 0.55 else "lower" if self.shift < 0.45 else "other"
        return (
            f"{what} are not like those before: their {values} are {way} (at {sure} confidence, at "
            "every look), so label a random sample of them, and train again."
        )

    def _describe(self) -> Description:
        now = self.evidence[-1] if self.evidence else 1.0
        facts = [
            ("evidence now", f"{now:.3g}"),
            ("mean rank", f"{self.shift:.2f}"),
        ]
        return Description("Drift", self.write(), facts)


def detect_drift(
    reference: ArrayLike,
    batches: Sequence[ArrayLike],
    rng: np.random.Generator,
    *,
    level: float = 0.95,
) -> Drift:
    """Test whether values that came later are like those of before.

    Call it again with one more batch, and a generator of the same seed, as often as you like: in a
    share `level` of streams without a change, or more, no change is reported at any of the looks.

    Parameters
    ----------
    reference : array-like of shape (m,)
        The values of before: scores that a model gives to rows drawn at random, which it was not
        fitted on; or 0 and 1, the labels of random draws.
    batches : sequence of array-like of shape (b,)
        The values that came since, in the order in which they came; a batch may be empty.
    rng : numpy Generator
        Breaks ties.
    level : float in (0, 1), default 0.95
        In which share of streams without a change no change is to be reported.

    Returns
    -------
    Drift

    Notes
    -----
    The stake is spread over wagers that begin with each of the batches, so that a change is not
    hidden by a long time without one. Each is a mean of wagers that the share of ranks below some
    place, such as 0.98, is another (mixtures by a beta distribution).

    References
    ----------
    Vovk, Gammerman & Shafer (2005), Algorithmic learning in a random world, chapter 7. Vovk (2021),
    Testing randomness online, Statistical Science 36.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> before, alike, higher = rng.normal(size=500), rng.normal(size=50), rng.normal(1, 1, 50)
    >>> detect_drift(before, [alike], np.random.default_rng(1)).changed
    False
    >>> print(detect_drift(before, [alike, higher], np.random.default_rng(1)).write())
    The new rows are not like those before: their scores are higher (at 95 % confidence, at every
    look), so label a random sample of them, and train again.
    """
    check_share(level, "level")
    known = np.sort(_read(reference))
    if not len(known):
        raise InputError("There is no value of before; give some to compare new ones with.")
    counts: list[Codes] = []
    means: list[float] = []
    for batch in batches:
        ranks, known = _rank(known, _read(batch), rng)
        counts.append(_count(ranks))
        means.append(float(ranks.mean()) if len(ranks) else 0.5)
    found = Drift(tuple(_stake(np.array(counts)).tolist()), means[-1] if means else 0.5, level)
    return found if found.since is None else replace(found, shift=means[found.since])


def _read(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise InputError("The values must be finite numbers, one a row.")
    return found


def _rank(known: Floats, new: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Rank each new value among all before it and itself, from 0 to 1; add them to the known.

    Examples
    --------
    Of 0, 1, 2 and 5, the value 5 is the last, so that its rank lies between 3/4 and 1.

    >>> ranks, known = _rank(np.array([0.0, 1.0, 2.0]), np.array([5.0]), np.random.default_rng(0))
    >>> bool(0.75 <= ranks[0] <= 1), known.tolist()
    (True, [0.0, 1.0, 2.0, 5.0])
    """
    out = np.empty(len(new))
    for low in range(0, len(new), _BLOCK):
        some = new[low : low + _BLOCK]
        earlier = np.tri(len(some), k=-1, dtype=bool)
        below = np.searchsorted(known, some) + ((some < some[:, None]) & earlier).sum(axis=1)
        to = np.searchsorted(known, some, side="right")
        to += ((some <= some[:, None]) & earlier).sum(axis=1)
        total = len(known) + np.arange(len(some)) + 1
        out[low : low + _BLOCK] = (below + rng.random(len(some)) * (to - below + 1)) / total
        known = np.sort(np.concatenate([known, some]))
    return out, known


def _count(ranks: Floats) -> Codes:
    """Count all ranks, and those below each cut."""
    return np.append(len(ranks), np.searchsorted(np.sort(ranks), _CUTS))


def _stake(counts: Codes) -> Floats:
    """Compute the stake after each batch, from how many ranks it has, and below each cut.

    A part 1 / ((j + 1) (j + 2)) of it is for the wager that begins with batch j. What is for later
    ones is kept.
    """
    b = len(counts)
    if not b:
        return np.empty(0)
    parts = -np.log(np.arange(1, b + 1) * np.arange(2, b + 2))
    out = np.empty(b)
    for now in range(b):
        sums = np.cumsum(counts[now::-1], axis=0)[::-1]  # of the batches from j up to now
        kept = -np.log(now + 2.0)
        out[now] = logsumexp(np.append(parts[: now + 1] + _log_wager(sums), kept))
    return np.exp(np.minimum(out, 700.0))


def _log_wager(counts: Codes) -> Floats:
    """Compute by how much all wagers together multiply, as a logarithm; one a row of counts."""
    total, below = counts[:, :1], counts[:, 1:]
    above = total - below
    a, b = _PRIORS * _CUTS, _PRIORS * (1 - _CUTS)
    gained = betaln(a + below, b + above) - betaln(a, b)
    each = gained - below * np.log(_CUTS) - above * np.log1p(-_CUTS)
    return np.asarray(logsumexp(each, axis=(0, 2)) - np.log(len(_PRIORS) * len(_CUTS)))
