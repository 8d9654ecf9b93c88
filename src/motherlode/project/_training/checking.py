"""What is seen of new settings before they are recorded, loading no more than that takes."""

from collections.abc import Mapping
from typing import Any

from .._data.rows import RowData
from .._data.settings import Settings
from .._data.stated import PRIOR

_NAMED = {"strategy", "model", "goal", "stop"}


def needs_engine(values: Mapping[str, Any]) -> bool:
    """Tell whether what sees that these settings are right loads scikit-learn, a second's work."""
    return not _NAMED.isdisjoint(values) or values.get(PRIOR) is not None


def check_values(values: Mapping[str, Any], settings: Settings, rows: RowData) -> None:
    """See that what new settings name exists, and that a prior can speak of the rows.

    Parameters
    ----------
    values : mapping of str to object
        New values of some settings, by name.
    settings : Settings
        Of the project.
    rows : RowData
        Its rows.

    Raises
    ------
    InputError
        If there is no such strategy, model, goal or rule, or the prior says nothing.
    """
    if not needs_engine(values):
        return
    from .prior import check_prior
    from .recipe import check_settings

    check_settings(values)
    check_prior(values.get(PRIOR), settings, rows.table)
