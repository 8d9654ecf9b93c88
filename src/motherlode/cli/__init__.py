"""The command line; typer and rich are loaded when it runs."""

import sys
from importlib.util import find_spec


def main() -> None:
    """Run ``motherlode`` and exit with its code: 0, 2 for a wrong input, 130 when interrupted."""
    if any(find_spec(package) is None for package in ("typer", "rich")):
        sys.stderr.write('The command line needs typer and rich: pip install "motherlode[cli]".\n')
        sys.exit(2)
    from ._terminal import accept_any_terminal

    accept_any_terminal()
    from ._app import run

    sys.exit(run())
