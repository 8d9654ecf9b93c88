"""What one widget shows, and what becomes of its answers; nothing here knows of a notebook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._inert.whole_numbers import check_whole
from ...errors import InputError
from ._drawing import Drawing, draw_row

_AHEAD = 10  # rows that the browser has before they are asked for
_MOST_CLASSES = 5  # whose probability is shown


@dataclass(frozen=True)
class Asked:
    """A row to answer, why it is asked, and what the model that asks thought of it then."""

    row: int
    reason: str = ""
    chances: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Answered:
    """An answer that can be taken back: the place of a class, or None for a skip."""

    asked: Asked
    code: int | None
    was_skipped: bool


class Desk:
    """The rows that are asked in one widget, in turn.

    Each action of the browser has a number, one more than the last. So an action that comes twice
    is known, and one that was made without knowing of another is refused, not done to a row that
    nobody saw.

    Parameters
    ----------
    learner : ActiveLearner
        It is taught at once.
    rows : list of int or None
        Rows to answer, each once; None for those that the learner asks.
    batch : int
        How many rows the learner is asked for at a time.
    show : callable or None
        What to show of a row id.
    """

    def __init__(
        self,
        learner: Any,
        rows: list[int] | None = None,
        batch: int = 10,
        show: Callable[[int], Any] | None = None,
    ) -> None:
        batch = check_whole(batch, "batch")
        if show is not None and not callable(show):
            raise InputError(f"show is {show!r}; give a function that takes a row id.")
        self.learner, self._batch, self._show = learner, batch, show
        self._given = rows is not None
        self._queue: list[Asked] = [] if rows is None else self._choose(rows)
        self._answers: list[Answered] = []
        self._done: set[tuple[str, int]] = set()
        self._drawings: dict[int, Drawing] = {}
        self.turn = 0
        self.said = ""
        self.working = False
        self.tell: Callable[[], None] = lambda: None
        self._prior = learner.prior
        self._refill()

    @property
    def state(self) -> dict[str, Any]:
        """All that changes with an answer."""
        learner = self.learner
        named, labels = (
            learner.positive_class if self._names_positive else None,
            learner.labelled[1],
        )
        return {
            "turn": self.turn,
            "queue": [asked.row for asked in self._queue],
            "labelled": len(labels),
            "found": None if named is None else int(np.isin(labels, named.classes).sum()),
            "undo": len(self._answers),
            "working": self.working,
            "ended": not self._queue and (self._given or not len(learner.unlabelled)),
            "said": self.said,
        }

    @property
    def about(self) -> dict[str, Any]:
        """What stays: the classes, and how many rows there are."""
        learner = self.learner
        positive = learner.positive_class.classes if self._names_positive else ()
        return {
            "classes": [str(name) for name in learner.classes.tolist()],
            "positive": ", ".join(map(str, positive)),
            "rows": len(learner.pool),
        }

    @property
    def drawings(self) -> dict[str, Drawing]:
        """The next rows as they are drawn, by their ids."""
        coming = self._queue[:_AHEAD]
        if any(asked.row not in self._drawings for asked in coming[: _AHEAD // 2]):
            old = self._drawings
            self._drawings = {one.row: old.get(one.row) or self._draw(one) for one in coming}
        return {str(row): drawing for row, drawing in self._drawings.items()}

    def receive(self, action: Mapping[str, Any]) -> dict[str, Any] | None:
        """Do what the browser asks; what is returned goes to the browser that was refused.

        Parameters
        ----------
        action : mapping
            The ``number`` of the action, ``by`` which view, and its ``kind``: "label" with a
            ``row`` and the place of a class as ``code``, "skip" with a ``row``, "undo" or "more".
        """
        by, number = str(action.get("by")), action.get("number")
        if not isinstance(number, int) or (by, number) in self._done:
            return None
        if number != self.turn + 1:
            return {"refused": by, "number": number}
        self.turn = number
        self._done.add((by, number))
        try:
            self.said = self._do(action)
            self._refill()
        except InputError as problem:
            self.said = str(problem)
        except Exception as error:
            # The browser waits for an answer, whatever becomes of the model.
            self.said = f"{type(error).__name__}: {error}"
            raise
        finally:
            self.working = False
            self.tell()
        return None

    @property
    def _names_positive(self) -> bool:
        return self.learner.minority is not None

    def _do(self, action: Mapping[str, Any]) -> str:
        """Do one action, and return what is to be said of it."""
        kind = action.get("kind")
        if kind == "undo":
            return self._undo()
        if kind in ("label", "skip"):
            return self._answer(action)
        return ""

    def _answer(self, action: Mapping[str, Any]) -> str:
        row, learner = action.get("row"), self.learner
        asked = next(iter(self._queue), None)
        if asked is None or asked.row != row:
            return f"Row {row} is not on show, so its answer is not recorded."
        now = self._labels().get(asked.row)
        if now is not None:
            return f"Row {row} is labelled {now} by now, so this answer is not recorded."
        was_skipped = asked.row in learner.skipped
        code = None if action["kind"] == "skip" else self._check_code(action.get("code"))
        if code is None:
            learner.skip([asked.row])
        else:
            learner.teach([asked.row], [learner.classes[code].item()])
        self._answers.append(Answered(self._queue.pop(0), code, was_skipped))
        if not self._given and learner.prior is not self._prior:
            self._queue = []  # asked by another prior than another cell has stated since
        return ""

    def _check_code(self, code: Any) -> int:
        if type(code) is not int or not 0 <= code < len(self.learner.classes):
            raise InputError(f"There is no class number {code}, so nothing is recorded.")
        return code

    def _undo(self) -> str:
        if not self._answers:
            return "There is nothing to take back."
        last = self._answers.pop()
        row, now = last.asked.row, self._labels().get(last.asked.row)
        given = None if last.code is None else self.learner.classes[last.code].item()
        if now is not None and now != given:
            return f"Row {row} is labelled {now} by now, which stays; nothing is taken back."
        if now is not None:
            self.learner.unteach([row])
        elif last.code is None and not last.was_skipped and row in self.learner.skipped:
            self.learner.unskip([row])
        self._queue = [last.asked, *(other for other in self._queue if other.row != row)]
        return f"Taken back: {'skip' if given is None else given}."

    def _labels(self) -> dict[int, Any]:
        rows, labels = self.learner.labelled
        return dict(zip(rows.tolist(), labels.tolist(), strict=True))

    def _refill(self) -> None:
        """Ask the learner for more once all is answered, here or by other cells."""
        known = self._labels() if self._queue else {}
        self._queue = [asked for asked in self._queue if asked.row not in known]
        left = 0 if self._queue or self._given else len(self.learner.unlabelled)
        if not left:
            return
        self.working = True
        self.tell()
        self._prior = self.learner.prior
        query = self.learner.query(min(self._batch, left))
        self._queue = self._with_chances(query.rows.tolist(), query.reasons)
        self.working = False

    def _choose(self, rows: list[int]) -> list[Asked]:
        known = self._labels()
        labelled = [row for row in rows if row in known]
        if labelled:
            raise InputError(
                f"Row {labelled[0]} is labelled {known[labelled[0]]!r}; leave it out, or take the "
                "label back by learner.unteach(rows)."
            )
        return self._with_chances(rows, ["You chose this row yourself."] * len(rows))

    def _with_chances(self, rows: list[int], reasons: list[str]) -> list[Asked]:
        """Add what the query model thinks of rows, once it knows two classes."""
        reasons = [_sentence(reason) for reason in reasons]
        if not rows or len(np.unique(self.learner.labelled[1])) < 2:
            return [Asked(row, why) for row, why in zip(rows, reasons, strict=True)]
        names = [str(name) for name in self.learner.classes.tolist()]
        found = self.learner.predict_proba(rows)
        return [
            Asked(row, why, tuple(zip([names[i] for i in best], p[best].tolist(), strict=True)))
            for row, why, p in zip(rows, reasons, found, strict=True)
            for best in [np.argsort(-p, kind="stable")[:_MOST_CLASSES]]
        ]

    def _draw(self, asked: Asked) -> Drawing:
        drawing = draw_row(self.learner.pool, asked.row, self._show)
        return {**drawing, "id": asked.row, "reason": asked.reason, "chances": list(asked.chances)}


def _sentence(reason: str) -> str:
    said = reason[:1].upper() + reason[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."
