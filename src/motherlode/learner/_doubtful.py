"""The labelled rows that somebody should see again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._query import Query

if TYPE_CHECKING:
    from ..estimation._annotators import Settlement


def find_doubtful(
    found: "Settlement", classes: Sequence[Any], n: int, annotator: str | None
) -> Query:
    """Find at most ``n`` rows whose label may be wrong, best first; none that an annotator saw.

    Parameters
    ----------
    found : Settlement
        What the opinions of all annotators say together.
    classes : sequence of k labels
        The declared classes.
    n : int
        How many rows at most.
    annotator : str or None
        Who is to see them.
    """
    gain, trust, codes = found.gain, found.trust, found.codes
    seen = {row for row, who, _ in found.opinions if who == annotator}
    order = np.argsort(-gain, kind="stable").tolist()
    best = [i for i in order if gain[i] > 0 and int(found.rows[i]) not in seen][:n]
    said: dict[int, dict[str, Any]] = {}
    for row, who, code in found.opinions:
        said.setdefault(row, {})[who or "nobody by name"] = classes[code]
    reasons = [
        ", ".join(f"{who} said {label}" for who, label in said[int(found.rows[i])].items())
        + f"; {classes[codes[i]]} is wrong with probability {1 - trust[i]:.2g}"
        for i in best
    ]
    return Query(found.rows[best], gain[best], reasons)
