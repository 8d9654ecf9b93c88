"""The command as a shell runs it, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from forked import call_apart, run_strictly

COMMAND = [sys.executable, "-c", "from motherlode.cli import main; main()"]
"""For a new interpreter: where that itself is tested, or a terminal or a signal is needed."""


def motherlode(
    *arguments: object, cwd: Path | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command, where a warning is an error; what is `given` stands on its standard input."""
    return call_apart(run_strictly, *map(str, arguments), cwd=cwd, given=given)
