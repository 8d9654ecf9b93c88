"""The page of a project's settings, from the docstrings of the classes that hold them."""

from dataclasses import MISSING, Field, fields
from typing import Any

from numpydoc.docscrape import ClassDoc

from motherlode.project import Recipe, Settings

from .tables import write_table

SETTINGS = """\
# Settings

What a project is told to do. `motherlode init` writes the settings to `project.json`, [`motherlode
set`](commands.md#set) and the page **Settings** change those that may change, and each change is an
event of the log ([When a project changes](../howto/changing.md)). Settings of a learner in Python
are the parameters of {py:class}`~motherlode.ActiveLearner` and {py:class}`~motherlode.Pool`; those
of a strategy, a stopping rule or a model are the parameters of its class, on
[its page](names/index.md).
"""

KINDS = {"Of a project": Settings, "Of its recipe: how it asks and learns": Recipe}


def write_settings() -> str:
    """Write the page of all settings."""
    parts = [SETTINGS]
    for title, kind in KINDS.items():
        said = {one.name: " ".join(one.desc) for one in ClassDoc(kind)["Parameters"]}
        rows = [(f"`{one.name}`", said[one.name] + _default(one)) for one in fields(kind)]
        parts.append("\n".join([f"\n## {title}\n", *write_table("setting", rows)]))
    return "".join(parts)


def _default(one: Field[Any]) -> str:
    return "" if one.default in (MISSING, None, "", ()) else f" Default: `{one.default!r}`."
