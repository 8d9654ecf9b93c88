"""The floors of ARCHITECTURE.md: imports go down only, and nowhere in a circle."""

from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent


def test_imports_go_down_only_and_nowhere_in_a_circle(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0, capsys.readouterr()


def test_every_module_stands_on_a_floor():
    """A module that no contract names could import anything."""
    contracts = (ROOT / "pyproject.toml").read_text().split("[tool.importlinter]")[1]
    package = ROOT / "src" / "motherlode"
    modules = {p.stem for p in package.glob("*.py")} | {
        p.parent.name for p in package.glob("*/__init__.py")
    }
    assert [m for m in sorted(modules - {"__init__"}) if f"motherlode.{m}" not in contracts] == []
