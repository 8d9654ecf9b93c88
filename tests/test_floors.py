"""The floors of ARCHITECTURE.md: imports go down only, and nowhere in a circle."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_go_down_only_and_nowhere_in_a_circle():
    # A process of its own: within this one it can close the file that pytest captures output in.
    code = "import sys, importlinter.cli as c; sys.exit(c.lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_stands_on_a_floor():
    """A module that no contract names could import anything."""
    contracts = (ROOT / "pyproject.toml").read_text().split("[tool.importlinter]")[1]
    package = ROOT / "src" / "motherlode"
    modules = {p.stem for p in package.glob("*.py")} | {
        p.parent.name for p in package.glob("*/__init__.py")
    }
    assert [m for m in sorted(modules - {"__init__"}) if f"motherlode.{m}" not in contracts] == []
