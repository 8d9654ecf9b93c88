"""What a simulated session leaves behind: one `Run` of several `Round`s, to and from JSON."""

import math
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ..errors import InputError
from ..session import Origin, Session
from ._watched import unpack


class _Metric(NamedTuple):
    """How tables and charts name a metric, and what it says in one line."""

    title: str
    meaning: str


ROUND_METRICS = {
    "positives": _Metric("Positives found", "positive rows among the labels asked for"),
    "recall": _Metric("Share found", "positives found, of all that the pool held to find"),
    "average_precision": _Metric(
        "Average precision", "how well the model ranks the test rows, over all thresholds"
    ),
    "balanced_accuracy": _Metric(
        "Balanced accuracy",
        "mean of sensitivity and specificity, where a row is called positive if it is likelier "
        "to be than the share of positives among the labels",
    ),
    "g_mean": _Metric("G-mean", "geometric mean of the same two, at the same threshold"),
    "mcc": _Metric("MCC", "Matthews correlation of truth and decision, at probability 0.5"),
    "f1": _Metric("F1", "of the positive classes, at probability 0.5"),
    "wss": _Metric(
        "WSS@95", "share of the test rows that the ranking spares at 95 % recall, less 5 %"
    ),
}
"""The metrics of a round, by name."""


@dataclass(frozen=True)
class Round:
    """A session's state after so many labels.

    The rows known at the start are not counted. What `ROUND_METRICS` says of each metric in
    full is short here.

    Attributes
    ----------
    labels : int
        Rows asked for.
    positives : int
        Positives among them.
    recall : float
        Positives found, as a share of all that there were to find.
    average_precision, balanced_accuracy, g_mean, mcc, f1, wss : float
        Metrics of the final model on the test part.
    """

    labels: int
    positives: int
    recall: float
    average_precision: float
    balanced_accuracy: float
    g_mean: float
    mcc: float
    f1: float
    wss: float


@dataclass(frozen=True)
class Run:
    """One simulated session.

    Attributes
    ----------
    dataset, strategy : str
        What tables call them.
    seed : int
        What set the split, the starting rows and the learner's random numbers.
    known : int
        Rows whose labels were known at the start.
    rows : tuple of int
        Pool rows in the order labelled, the `known` ones first.
    is_positive : tuple of bool
        Whether each of `rows` is positive.
    pool_rows : int
        Rows of the pool.
    pool_positives : int
        Positives of the pool that there were to find, without those known at the start.
    rounds : tuple of Round
        The first is the state before the first question.
    origins : tuple of Origin
        How each of `rows` came to be labelled; empty in a file of an older version.
    watched : tuple of str
        What the final model of each round said of a few fixed test rows, as base64 of steps of
        1 / 65,536; "" before there was a model.
    seconds : float
        Time spent asking: in ``query`` and ``teach``, not in scoring the final models. It does
        not count for equality, as it is never the same twice.
    """

    dataset: str
    strategy: str
    seed: int
    known: int
    rows: tuple[int, ...]
    is_positive: tuple[bool, ...]
    pool_rows: int
    pool_positives: int
    rounds: tuple[Round, ...]
    seconds: float = field(compare=False)
    origins: tuple[Origin, ...] = ()
    watched: tuple[str, ...] = ()

    @property
    def all_positives(self) -> int:
        """Positives of the pool, with those known at the start."""
        return self.pool_positives + sum(self.is_positive[: self.known])

    @property
    def session(self) -> Session:
        """The labels as stopping rules and estimates read them, with those known at the start."""
        return Session(self.pool_rows, np.array(self.is_positive, dtype=bool), self.origins)

    def after(self, labels: int) -> Session:
        """Return the session as it was after so many labels.

        Parameters
        ----------
        labels : int
            The number of labels, with those known at the start.
        """
        said = zip(self.rounds, self.watched, strict=False)
        predictions = [unpack(p) for r, p in said if p and r.labels <= labels - self.known]
        return replace(self.session.first(labels), predictions=predictions)

    def curve(self, metric: str) -> tuple[list[int], list[float]]:
        """Return the labels asked for at each round, and the metric there.

        Parameters
        ----------
        metric : str
            A key of `ROUND_METRICS`.

        Raises
        ------
        InputError
            If there is no such metric.
        """
        if metric not in ROUND_METRICS:
            known = ", ".join(ROUND_METRICS)
            raise InputError(f"There is no metric {metric!r}; use one of {known}.")
        return [r.labels for r in self.rounds], [float(getattr(r, metric)) for r in self.rounds]

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON has it: rounds by column, flags as 0 and 1."""
        plain = asdict(self)
        plain["rows"] = list(self.rows)
        plain["is_positive"] = [int(flag) for flag in self.is_positive]
        plain["origins"] = _pack_origins(self.origins)
        plain["watched"] = list(self.watched)
        plain["rounds"] = {
            column.name: [getattr(r, column.name) for r in self.rounds] for column in fields(Round)
        }
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Run":
        """Make the run that `to_dict` was called on, to the last bit.

        Parameters
        ----------
        plain : dict
            What `to_dict` returned, perhaps after a round trip through JSON.

        Raises
        ------
        InputError
            If something is missing, unknown or of the wrong kind.
        """
        try:
            columns = plain["rounds"]
            rounds = [
                Round(**dict(zip(columns, values, strict=True)))
                for values in zip(*columns.values(), strict=True)
            ]
            run = cls(
                **{
                    **plain,
                    "rows": tuple(plain["rows"]),
                    "is_positive": tuple(bool(flag) for flag in plain["is_positive"]),
                    "rounds": tuple(rounds),
                    "origins": _unpack_origins(plain.get("origins", [])),
                    "watched": tuple(plain.get("watched", ())),
                }
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"This is not a simulated run: {error!r}.") from error
        if not rounds or not math.isfinite(run.seconds) or len(run.rows) != len(run.is_positive):
            raise InputError("This is not a simulated run: its rows and rounds do not agree.")
        return run


def _pack_origins(origins: tuple[Origin, ...]) -> list[list[Any]]:
    """Write a run of like origins once, with its length."""
    return [[*astuple(origin), len(list(same))] for origin, same in groupby(origins)]


def _unpack_origins(packed: list[list[Any]]) -> tuple[Origin, ...]:
    return tuple(Origin(*origin) for *origin, times in packed for _ in range(times))
