"""The pages of all public names: one for each module, and one for each name, from docstrings."""

import importlib
import inspect
import re
from typing import Any

from .tables import write_table

PACKAGES = (
    "motherlode",
    "motherlode.learner",
    "motherlode.pool",
    "motherlode.priors",
    "motherlode.strategies",
    "motherlode.models",
    "motherlode.models.keras",
    "motherlode.models.torch",
    "motherlode.models.onnx",
    "motherlode.stopping",
    "motherlode.estimation",
    "motherlode.displays",
    "motherlode.simulation",
    "motherlode.searches",
    "motherlode.testing",
    "motherlode.embedding",
    "motherlode.session",
    "motherlode.measures",
    "motherlode.metrics",
    "motherlode.geometry",
    "motherlode.project",
    "motherlode.web",
    "motherlode.errors",
)
HEAD = """# Public names

What is not on these pages is private and may change without notice.
"""
CLASS = """
```{{eval-rst}}
.. currentmodule:: {module}

.. autoclass:: {name}
   :members:
```
"""
FUNCTION = """
```{{eval-rst}}
.. currentmodule:: {module}

.. autofunction:: {name}
```
"""
EXAMPLES = """
```{{eval-rst}}
.. minigallery:: {full}
```
"""


def public_names(module: Any) -> list[str]:
    """Return what a module offers: its ``__all__``, or what it defines without an underscore."""
    own = (
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    )
    return sorted(getattr(module, "__all__", own), key=lambda name: (name.lower(), name))


def is_described(value: Any) -> bool:
    """Return whether something has a docstring of its own: a class or a function."""
    is_class = isinstance(value, type) and not hasattr(value, "__origin__")
    return is_class or inspect.isroutine(value)


def summary(value: Any) -> str:
    """Return the first sentence of a docstring, as it stands in a cell of a table."""
    if not is_described(value):
        return "A constant or a type of values."
    return _first_paragraph(value)


def homes() -> dict[str, str]:
    """Return the full name of each thing that is offered, and the one that its page is under.

    A thing that several modules offer has one page, under the shortest of its names.
    """
    found: dict[int, str] = {}
    listed = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in public_names(module):
            if name != "__version__":
                value, full = getattr(module, name), f"{package}.{name}"
                listed[full] = found.setdefault(id(value), full) if is_described(value) else full
    return listed


def write_names() -> dict[str, str]:
    """Write all pages, by the names of their files."""
    home = homes()
    pages = {"index.md": _index()}
    for package in PACKAGES:
        pages[f"{package}.md"] = _of_module(package, home)
    for full in sorted(set(home.values())):
        module, name = full.rsplit(".", 1)
        value = getattr(importlib.import_module(module), name)
        if is_described(value):
            form = CLASS if inspect.isclass(value) else FUNCTION
            text = f"# {full}\n{form.format(module=module, name=name)}"
            pages[f"{full}.md"] = text + EXAMPLES.format(full=full)
    return pages


def _index() -> str:
    rows = [
        (f"[`{one}`]({one}.md)", _first_paragraph(importlib.import_module(one))) for one in PACKAGES
    ]
    toctree = ["```{toctree}", ":hidden:", "", *PACKAGES, "```", ""]
    return "\n".join([HEAD, *write_table("module", rows), *toctree])


def _of_module(package: str, home: dict[str, str]) -> str:
    module = importlib.import_module(package)
    rows, pages, constants = [], [], []
    for name in public_names(module):
        if name == "__version__":
            continue
        value, full = getattr(module, name), home[f"{package}.{name}"]
        if is_described(value):
            rows.append((f"[`{name}`](<{full}.md>)", summary(value)))
            pages += [full] if full == f"{package}.{name}" else []
        else:
            rows.append((f"`{name}`", summary(value)))
            constants.append(name)
    toctree = ["```{toctree}", ":hidden:", "", *pages, "```", ""] if pages else []
    parts = [f"# {package}\n", f"{_first_paragraph(module)}\n", *write_table("name", rows)]
    return "\n".join([*parts, *toctree, *_constants(package, constants)])


def _constants(package: str, names: list[str]) -> list[str]:
    """Name constants and types, so that the index and links of the site know them."""
    directives = [f".. py:data:: {package}.{name}\n" for name in names]
    return ["## Constants and types\n", "```{eval-rst}", *directives, "```", ""] if names else []


def _first_paragraph(value: Any) -> str:
    first = (inspect.getdoc(value) or "").split("\n\n")[0]
    return re.sub(r"\s+", " ", first.strip()).replace("``", "`").replace("|", "\\|")
