"""The versions of everything that may matter when something goes wrong."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from re import match


def show_versions() -> None:
    """Print the versions of Python, of motherlode, and of the packages that it uses.

    Put them into a report of a fault.
    """
    system = {
        "python": sys.version.replace("\n", " "),
        "executable": sys.executable,
        "machine": platform.platform(),
    }
    packages = {name: _version_of(name) for name in ["motherlode", *_list_packages()]}
    for title, lines in (("System", system), ("Packages", packages)):
        width = max(map(len, lines))
        said = "\n".join(f"{name:>{width}}: {what}" for name, what in lines.items())
        sys.stdout.write(f"\n{title}:\n{said}\n")


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _list_packages() -> list[str]:
    """List what motherlode needs, or takes if it is there."""
    try:
        needed = requires("motherlode") or []
    except PackageNotFoundError:  # it runs from its source
        return ["numpy", "scipy", "scikit-learn", "joblib", "threadpoolctl", "narwhals"]
    names = [found.group() for need in needed if (found := match(r"[\w.-]+", need))]
    return [name for name in dict.fromkeys(names) if name != "motherlode"]
