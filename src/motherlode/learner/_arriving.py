"""When the rows of a pool arrived, as far as estimates have to know it.

A random draw says something of the rows that it was made from. So rows that come, or come back,
after some were drawn form an arrival of their own. While nothing has been drawn from the last
arrival, new rows join it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .._rows.arrays import Codes, Rows
from ..session import Arrivals, Origin


class ArrivedRows:
    """The arrivals of a pool, numbered from 0 on, and how many of them were there for each query.

    Parameters
    ----------
    n : int
        Rows of the first arrival.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.count = 1
        self._starts, self._numbers = [0], [0]  # from which row on, and the arrival of those
        self._back: dict[int, int] = {}  # rows that came back, and with which arrival
        self._reached: dict[int, int] = {}  # for rows that were asked when there were fewer

    def of(self, rows: Rows) -> Codes:
        """Look up the arrival of each of some rows."""
        places = np.searchsorted(self._starts, rows, side="right") - 1
        found = np.array(self._numbers, dtype=np.int64)[places]
        for place in np.flatnonzero(np.isin(rows, list(self._back))) if self._back else ():
            found[place] = self._back[int(rows[place])]
        return found

    def list_newest(self) -> Rows:
        """List the rows of the last arrival; none if all came at one time."""
        if self.count == 1:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.of(np.arange(self.n)) == self.count - 1)

    def reached(self, rows: Iterable[int]) -> Codes:
        """Tell how many arrivals there were when each row was asked for."""
        return np.array([self._reached.get(row, self.count) for row in rows], dtype=np.int64)

    def ask(self, rows: Iterable[int]) -> None:
        """Note that rows are asked for now."""
        for row in rows:
            self._reached.pop(row, None)

    def extend(self, n: int, asked: Mapping[int, Origin]) -> None:
        """Note that the pool has ``n`` rows now; ``asked`` are the rows of all queries so far."""
        number = self._join(asked, 0)
        if number != self._numbers[-1]:
            self._starts.append(self.n)
            self._numbers.append(number)
        self.n = n

    def come_back(self, rows: Mapping[int, int], asked: Mapping[int, Origin]) -> None:
        """Note that rows can be asked again, each since so many labels out of reach."""
        for row, since in rows.items():
            if any(_was_drawn(origin) and origin.asked_after >= since for origin in asked.values()):
                self._back[row] = self._join(asked, since)

    def session(self, labelled: Rows, missing: Rows) -> Arrivals | None:
        """Say when rows came, without the ``missing`` ones; None if all came at one time."""
        if self.count == 1:
            return None
        ends = [*self._starts[1:], self.n]
        sizes = np.zeros(self.count, dtype=np.int64)
        for start, end, number in zip(self._starts, ends, self._numbers, strict=True):
            sizes[number] += end - start
        back = np.array(list(self._back), dtype=np.int64)
        first = np.array(self._numbers)[np.searchsorted(self._starts, back, side="right") - 1]
        np.subtract.at(sizes, first, 1)
        np.add.at(sizes, list(self._back.values()), 1)
        np.subtract.at(sizes, self.of(missing), 1)
        reached = self.reached(labelled.tolist())
        return Arrivals(tuple(sizes.tolist()), self.of(labelled), reached)

    def to_dict(self) -> dict[str, Any]:
        """Return all but what was reached, as JSON has it."""
        return {
            "rows": self.n,
            "count": self.count,
            "starts": self._starts,
            "numbers": self._numbers,
            "back": [[row, number] for row, number in self._back.items()],
        }

    @classmethod
    def of_dict(cls, saved: Mapping[str, Any], reached: Mapping[int, int]) -> "ArrivedRows":
        """Take up what `to_dict` gave; ``reached`` is by row."""
        made = cls(int(saved["rows"]))
        made.count = int(saved["count"])
        made._starts = [int(start) for start in saved["starts"]]
        made._numbers = [int(number) for number in saved["numbers"]]
        made._back = {int(row): int(number) for row, number in saved["back"]}
        made._reached = {row: some for row, some in reached.items() if some != made.count}
        return made

    def _join(self, asked: Mapping[int, Origin], since: int) -> int:
        """Give the number for rows that come now: the last one, unless draws were made from it."""
        reached = zip(self.reached(asked).tolist(), asked.values(), strict=True)
        if any(
            _was_drawn(origin) and some == self.count and origin.asked_after >= since
            for some, origin in reached
        ):
            for row in asked:
                self._reached.setdefault(row, self.count)
            self.count += 1
        return self.count - 1


def _was_drawn(origin: Origin) -> bool:
    return origin.drawn_from > 0 and origin.probability > 0
