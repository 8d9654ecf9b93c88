"""Write docs/names.md: every public name with the first sentence of its docstring.

``python docs/names.py`` writes the page, and a test compares it with what would be written.
"""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "names.md"
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
    "motherlode.priors",
    "motherlode.stopping",
    "motherlode.estimation",
    "motherlode.displays",
    "motherlode.simulation",
    "motherlode.searches",
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

`python docs/names.py` writes this page from the docstrings, which say more: `help(name)` shows
them. What is not on this page is private and may change without notice.
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
    first = (inspect.getdoc(value) or "").split("\n\n")[0]
    return re.sub(r"\s+", " ", first).replace("|", "\\|")


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for package in PACKAGES:
        module = importlib.import_module(package)
        parts += [f"\n## {package}\n", summary_of(module), "", "| name | what it is |", "|---|---|"]
        parts += [
            f"| `{name}` | {summary(getattr(module, name))} |"
            for name in public_names(module)
            if name != "__version__"
        ]
    return "\n".join(parts) + "\n"


def summary_of(module: Any) -> str:
    """Return the first paragraph of what a module says of itself."""
    return re.sub(r"\s+", " ", (module.__doc__ or "").split("\n\n")[0].strip())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
