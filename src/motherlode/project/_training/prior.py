"""The prior of a project, made of what is stated in its settings."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..._registry import Registry
from ..._rows.arrays import Floats, Rows
from ...errors import InputError
from ...learner._learner import ActiveLearner
from ...pool import Pool
from ...priors import Judge, Prior, Scores, as_prior, from_json
from .._data.rows import RowData
from .._data.settings import Settings
from .._data.stated import COLUMN, JUDGE, Stated, check_form, holds_words
from .._data.written import find_cells

PRIORS: Registry[Callable[[], Any]] = Registry("judge", "motherlode.priors", {})
"""What packages call a judge by, each a callable that returns a prior or what one is made of."""

_NO_WORDS = "What is looked for is stated in words, and models read no texts of these rows; "
_INSTEAD = {
    "table": "name a column of scores instead, by --prior-column.",
    "image": "hand in a table with a column of their paths and one of scores, and name this one by "
    "--prior-column, or name a judge that sees images, by --prior-judge.",
}
_CACHE = "geometry"
_KEPT = 4  # priors of a process: there is one for each project that it has open


@dataclass(frozen=True, eq=False)
class OfContent(Prior):
    """A prior that reads rows as people see them, where models read vectors of them.

    Parameters
    ----------
    prior : Prior
        What is stated.
    rows : RowData
        The rows.
    """

    prior: Prior
    rows: RowData

    @property
    def lazy(self) -> bool:  # type: ignore[override]
        """As what is stated."""
        return self.prior.lazy

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Score the texts or pictures of rows."""
        if isinstance(self.prior, Judge):
            return self.prior([self.rows.seen(row) for row in rows.tolist()], rows.tolist())
        return self.prior.score(self._texts(), rows)

    def describe(self) -> str:
        """Say what is stated."""
        return self.prior.describe()

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if it cannot speak of these rows."""
        if not isinstance(self.prior, Judge):
            self.prior.check(self._texts())

    @lru_cache(maxsize=1)  # noqa: B019 - as long as what is stated
    def _texts(self) -> Pool:
        return Pool([self.rows.text(row) for row in range(len(self.rows.table))])


def check_prior(stated: Stated | None, settings: Settings, table: pa.Table) -> None:
    """See that what is stated can speak of the rows, before anything is computed.

    Parameters
    ----------
    stated : dict or None
        See `motherlode.project._data.stated`.
    settings : Settings
        Of the project.
    table : pyarrow.Table
        Its rows.
    """
    check_form(stated)
    if stated is None:
        return
    kind = stated["prior"]
    if kind == COLUMN:
        _read_scores(table, stated["name"])
    elif kind == JUDGE:
        PRIORS.named(stated["name"])
    else:
        from_json(stated)  # which refuses words without a letter
        if not holds_words(settings, table):
            raise InputError(_NO_WORDS + _INSTEAD.get(settings.kind, _INSTEAD["table"]))


def make_prior(stated: Stated | None, rows: RowData) -> Prior | None:
    """Make the prior of what is stated; None without.

    A process makes each once, so that a judge knows what it has failed on.
    """
    return None if stated is None else _make(json.dumps(stated, sort_keys=True), rows)


@lru_cache(maxsize=_KEPT)
def _make(text: str, rows: RowData) -> Prior:
    stated = json.loads(text)
    kind = stated["prior"]
    if kind == COLUMN:
        return Scores(_read_scores(rows.table, stated["name"]))
    if kind == JUDGE:
        return _make_judge(stated["name"], rows)
    prior = from_json(stated)
    return (
        OfContent(prior, rows) if rows.plan.kind == "text" and rows.plan.recipe.encoder else prior
    )


def _make_judge(name: str, rows: RowData) -> Prior:
    """Make a judge by its name, which keeps its answers in the project's folder."""
    made = PRIORS.make(name)
    if callable(made) and not isinstance(made, Prior):
        made = Judge(made, name=name)
    prior = as_prior(made)
    if isinstance(prior, Judge):
        prior.keep_in(rows.folder / _CACHE)
        return OfContent(prior, rows)
    return prior


def report_prior(learner: ActiveLearner, stated: Stated | None) -> dict[str, Any] | None:
    """Tell what the stated prior of a learner did, as JSON values; None without one."""
    if learner.prior is None:
        return None
    found = learner.prior_report()
    prior = learner.prior.prior if isinstance(learner.prior, OfContent) else learner.prior
    judge = prior if isinstance(prior, Judge) else None
    return {
        "stated": stated,
        "says_nothing": found.says_nothing,
        "labels": found.labels,
        "moved_up": found.moved_up,
        "slope": [found.slope.value, found.slope.low, found.slope.high],
        **{name: getattr(found, name).to_dict() for name in ("separation", "precision", "share")},
        "judged": None if judge is None else [judge.asked, judge.most],
        "problem": judge.problems[-1] if judge is not None and judge.problems else None,
    }


def _read_scores(table: pa.Table, name: str) -> Floats:
    """Read a column of scores, NaN where there is none."""
    if name not in table.column_names:
        written = set(find_cells(table).values())
        names = ", ".join(column for column in table.column_names if column not in written)
        raise InputError(f"There is no column {name!r} of scores; there are {names}.")
    values = table.column(name)
    try:
        if pa.types.is_boolean(values.type):
            values = pc.cast(values, pa.int8())
        found = pc.cast(values, pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError(
            f"The column {name!r} holds {values.type} values, not numbers; name a column of "
            "scores, the likelier the higher."
        ) from None
    return np.where(np.isinf(found), np.nan, found)
