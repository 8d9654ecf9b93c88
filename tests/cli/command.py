"""The real command, as a shell runs it."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from motherlode.cli import main; main()"]


def motherlode(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        timeout=120,
        check=False,
    )
