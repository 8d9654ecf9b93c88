"""Labelling projects: people label rows, and a learner says which ones.

`create_project` makes a project and `open_project` opens one. `Live` gives out rows and records
answers, a `Supervisor` keeps the trainer running that ranks them, and `Export` writes the labels.
"""

from typing import TYPE_CHECKING, Any

from .._inert.on_use import load_on_use

if TYPE_CHECKING:
    from ._data.encoders import get_encoder
    from ._data.folder import Project, create_project, open_project
    from ._data.planning import RowPlan, plan_rows
    from ._data.settings import Recipe, Settings
    from ._export import Export, read_events
    from ._serving.answers import Answer
    from ._serving.live import Live
    from ._training.supervisor import Supervisor

_HOMES = {
    "Answer": "_serving.answers",
    "Export": "_export",
    "Live": "_serving.live",
    "Project": "_data.folder",
    "Recipe": "_data.settings",
    "RowPlan": "_data.planning",
    "Settings": "_data.settings",
    "Supervisor": "_training.supervisor",
    "create_project": "_data.folder",
    "get_encoder": "_data.encoders",
    "open_project": "_data.folder",
    "plan_rows": "_data.planning",
    "read_events": "_export",
}
__all__ = [
    "Answer",
    "Export",
    "Live",
    "Project",
    "Recipe",
    "RowPlan",
    "Settings",
    "Supervisor",
    "create_project",
    "get_encoder",
    "open_project",
    "plan_rows",
    "read_events",
]


def __getattr__(name: str) -> Any:
    # On use: a server does not wait for scikit-learn.
    return load_on_use(__name__, _HOMES, name, "Labelling projects need")
