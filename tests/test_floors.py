"""The floors of ARCHITECTURE.md: imports go down only, and nowhere in a circle."""

import re
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
    assert [
        m for m in sorted(modules - {"__init__", "__main__"}) if f"motherlode.{m}" not in contracts
    ] == []


def test_a_stranger_finds_few_rooms_and_few_floors():
    """Each room and each floor is something to learn before the first change."""
    package = ROOT / "src" / "motherlode"
    layers = (ROOT / "pyproject.toml").read_text().split("layers = [")[1].split("]")[0]
    rooms = {path.stem for path in package.iterdir()}
    rooms -= {"__init__", "__main__", "__pycache__", "py"}
    assert len(rooms) <= 25
    assert len(layers.strip().splitlines()) <= 10
    project = {path.stem for path in (package / "project").iterdir()} - {"__init__", "__pycache__"}
    assert len(project) <= 10


def test_what_nobody_outside_should_import_begins_with_an_underscore():
    """A package offers its names; a module is offered by itself where it brings a framework."""
    package = ROOT / "src" / "motherlode"
    offered = {"errors", "measures", "metrics"}
    offered |= {f"models/{name}" for name in ("keras", "onnx", "torch")}
    modules = {path.relative_to(package).with_suffix("") for path in package.rglob("*.py")}
    open_to_all = {
        str(module) for module in modules if not any(part.startswith("_") for part in module.parts)
    }
    assert open_to_all == offered


def test_the_files_that_architecture_names_are_there():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = set(re.findall(r"`([\w/]+/[\w/.]*|[\w/]+\.py)`", text))
    assert len(named) > 30
    places = (ROOT, ROOT / "src" / "motherlode")
    assert [name for name in sorted(named) if not any((p / name).exists() for p in places)] == []
