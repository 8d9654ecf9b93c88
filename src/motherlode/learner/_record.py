"""What was asked of a pool and what became of it: labels, skips, and how each row was asked."""

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._round.labels import Labels, count_out
from .._rows.arrays import Rows
from ..errors import InputError
from ..session import Origin
from ._arriving import ArrivedRows


class Skip(NamedTuple):
    """When a row was skipped.

    Attributes
    ----------
    known : int
        How many labels there were.
    drawn : bool
        Whether rows have been drawn at random since then, before the next label.
    """

    known: int
    drawn: bool = False


class Record:
    """All answers that a learner has, and the rows that it asked for.

    Parameters
    ----------
    classes : ndarray of shape (k,)
        The declared classes.
    n : int
        Rows of the pool.

    Attributes
    ----------
    labels : Labels
        The labels, in the order taught.
    skips : dict of int to Skip
        The rows that were skipped, in the order of the calls.
    asked : dict of int to Origin
        How rows came to be asked, answered or not.
    arrived : ArrivedRows
        When the rows came to the pool.
    """

    def __init__(self, classes: NDArray[Any], n: int) -> None:
        self.labels = Labels(classes, n)
        self.skips: dict[int, Skip] = {}
        self.asked: dict[int, Origin] = {}
        self.arrived = ArrivedRows(n)

    @property
    def events(self) -> int:
        """How often rows were labelled, labelled otherwise or skipped, without what was undone."""
        return int(self.labels.changes.sum()) + len(self.skips)

    @property
    def skipped(self) -> Rows:
        """Ids of the rows that were skipped, in the order of the calls."""
        return np.array(list(self.skips), dtype=np.int64)

    def list_waiting(self) -> list[int]:
        """List the rows that were asked and are neither labelled nor skipped."""
        return [row for row in self.asked if row not in self.labels and row not in self.skips]

    def was_drawn(self, row: int) -> bool:
        """Say whether a row was drawn at random, which it stays whatever becomes of it."""
        known = self.asked.get(row)
        return known is not None and known.drawn_from > 0

    def find_origin(self, row: int, channel: str | None = None) -> Origin:
        """Find the origin of a row that is taught now, perhaps under a named channel."""
        known = self.asked.get(row)
        if known is not None and (channel in (None, known.channel) or self.was_drawn(row)):
            return known
        return Origin(channel or "given", asked_after=len(self.labels))

    def teach(
        self,
        rows: Any,
        labels: Any,
        *,
        correct: bool = False,
        channel: str | None = None,
        origins: Sequence[Origin] | None = None,
        annotator: str | Sequence[str] | None = None,
    ) -> None:
        """Record labels, as `ActiveLearner.teach` and `ActiveLearner.correct` do."""
        ids = self.labels.row_ids(rows)
        if origins is not None and len(origins) != len(ids):
            raise InputError(
                f"There are {len(ids)} rows and {len(origins)} origins; give one each."
            )
        known = origins or [self.find_origin(row, channel) for row in ids]
        again = rows if isinstance(rows, Set) else ids  # a generator is read once
        by_row = dict(zip(ids, known, strict=True))
        self.labels.add(again, labels, correct=correct, origins=by_row, annotator=annotator)

    def skip(self, rows: list[int]) -> None:
        """Skip rows, none of which is labelled."""
        labelled = [row for row in rows if row in self.labels]
        if labelled:
            raise InputError(
                f"Row {min(labelled)} is labelled, so it can't be skipped, and nothing of this "
                "call was recorded; give it another label by correct(rows, labels)."
            )
        new = set(rows).difference(self.skips)
        self.skips.update(dict.fromkeys(sorted(new), Skip(len(self.labels))))

    def ask(self, origins: Mapping[int, Origin]) -> None:
        """Note that rows are asked for now, and how."""
        # A row that was drawn at random before stays that draw.
        new = {row: how for row, how in origins.items() if not self.was_drawn(row)}
        self.asked |= new
        self.arrived.ask(new)
        draws = {origin.asked_after for origin in origins.values() if origin.drawn_from}
        for row, skip in self.skips.items():
            if skip.known in draws:
                self.skips[row] = skip._replace(drawn=True)

    def extend(self, n: int) -> None:
        """Note that the pool has ``n`` rows now."""
        self.arrived.extend(n, self._all_asked())
        self.labels.n = n

    def take_labels_back(self, rows: list[int]) -> None:
        """Take back the labels of some rows, which all have one, as if they had never been."""
        missing = next((row for row in rows if row not in self.labels), None)
        if missing is not None:
            raise InputError(
                f"Row {missing} is not labelled, so no label of it can be taken back, and nothing "
                "of this call was done; learner.labelled has the labelled rows."
            )
        rows = list(dict.fromkeys(rows))
        places = {row: place for place, row in enumerate(self.labels.rows.tolist())}
        # A row that was drawn at random stays in the sample, whatever became of its label.
        gone_rows = set(rows)
        origins = zip(places, self.labels.origins, strict=True)
        drawn = {row: origin for row, origin in origins if row in gone_rows and origin.drawn_from}
        # The others were out of the reach of queries that knew their labels.
        back = {row: places[row] + 1 for row in rows if row not in drawn}
        self.arrived.come_back(back, self._all_asked())
        gone = np.sort([places[row] for row in rows])
        self.labels.remove(rows)
        asked = (drawn | self.asked).items()
        self.asked = {row: count_out(origin, gone) for row, origin in asked}
        for row, skip in self.skips.items():
            fewer = int(np.searchsorted(gone, skip.known))
            self.skips[row] = skip._replace(known=skip.known - fewer)

    def take_skips_back(self, rows: list[int]) -> None:
        """Let rows be asked again, which are all skipped."""
        missing = next((row for row in rows if row not in self.skips), None)
        if missing is not None:
            raise InputError(
                f"Row {missing} is not skipped, and nothing of this call was done; give rows that "
                "skip(rows) left out."
            )
        skips = {row: self.skips.pop(row) for row in dict.fromkeys(rows)}
        back = {
            row: skip
            for row, skip in skips.items()
            if row not in self.labels and not self.was_drawn(row)
        }
        since = {row: skip.known + (not skip.drawn) for row, skip in back.items()}
        self.arrived.come_back(since, self._all_asked())

    def _all_asked(self) -> dict[int, Origin]:
        """Tell how all rows came to be asked or labelled."""
        labelled = zip(self.labels.rows.tolist(), self.labels.origins, strict=True)
        return self.asked | dict(labelled)
