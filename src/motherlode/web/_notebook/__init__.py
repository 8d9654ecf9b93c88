"""The widget that people label with in a notebook, beside the page and out of the same scripts."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from ...errors import InputError
from ._desk import Desk


def open_widget(
    learner: Any, rows: list[int] | None, batch: int, show: Callable[[int], Any] | None
) -> Any:
    """Make the widget of `motherlode.ActiveLearner.label`, or say what is missing."""
    if find_spec("anywidget") is None:
        raise InputError(
            'Labelling in a notebook needs anywidget: pip install "motherlode[notebook]".'
        )
    from ._widget import LabelWidget

    return LabelWidget(Desk(learner, rows, batch, show))
