"""CONTRIBUTING.md's steps, followed by a stranger: each takes at most two files of a copy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import motherlode

STRATEGY = '''
"""The rows with the lowest ids."""

from dataclasses import dataclass
from typing import ClassVar

from .._round.view import View
from .._rows.arrays import Floats
from ._base.strategy import Strategy


@dataclass(frozen=True)
class FirstRows(Strategy):
    """Ask for the rows with the lowest ids."""

    family: ClassVar[str] = "order"

    def utilities(self, view: View) -> Floats:
        """Return minus the row id."""
        return -view.rows.astype(float)
'''
RULE = '''
"""Stop after a round number of labels."""

from dataclasses import dataclass

from ..session import Session
from ._base import Advice, Rule


@dataclass(frozen=True)
class RoundNumber(Rule):
    """Stop once the number of labels can be divided by ``of``."""

    of: int = 10

    def advise(self, session: Session) -> Advice:
        """Return whether to stop."""
        return Advice(session.labels % self.of == 0, f"{session.labels} labels", "more labels")
'''
FORMAT = '''
"""Values with bars between them."""

from pathlib import Path

from pyarrow import csv

from .choices import Choices, Found


def read_bars(path: Path, choices: Choices) -> Found:
    """Return the table in a file."""
    return Found(csv.read_csv(path, parse_options=csv.ParseOptions(delimiter="|")))
'''
ENDPOINT = '''

@router.get("/greeting")
def greeting(service: TheService, caller: TheCaller) -> GreetingOut:
    """Greet whoever calls."""
    return GreetingOut(words="Good day.")
'''
BODY = '''

class GreetingOut(BaseModel):
    """What the server says."""

    words: str
'''


class Copy:
    """A copy of the package that a stranger works in."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "motherlode"
        self.touched: set[str] = set()
        # With what is compiled: only what is changed is compiled anew.
        shutil.copytree(Path(motherlode.__file__).parent, self.package)

    def add(self, name: str, text: str) -> None:
        self.touched.add(name)
        with (self.package / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, name: str, old: str, new: str) -> None:
        self.touched.add(name)
        path = self.package / name
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1
        path.write_text(before.replace(old, new), encoding="utf-8")

    def run(self, code: str) -> str:
        """What code prints that imports the copy."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(self.package.parent)},
            cwd=self.package.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def test_a_strategy_is_one_file_and_one_line(copy):
    copy.add("strategies/_first_rows.py", STRATEGY)
    copy.add("strategies/_catalogue.py", "from ._first_rows import FirstRows as FirstRows\n")
    said = copy.run(
        "import numpy as np, motherlode as m; from motherlode.strategies import FirstRows\n"
        "learner = m.ActiveLearner(m.Pool(np.eye(9)), [0, 1], strategy='first_rows')\n"
        "print(learner.query(3).rows.tolist(), learner.strategy == FirstRows())"
    )
    assert said == "[0, 1, 2] True"
    listed = copy.run(
        "import sys; sys.argv = ['motherlode', 'strategies', '--json']\n"
        "from motherlode.cli import main; main()"
    )
    assert "first_rows" in {one["name"] for one in json.loads(listed)}
    assert len(copy.touched) == 2


def test_a_stopping_rule_is_one_file_and_one_line(copy):
    copy.add("stopping/_round_number.py", RULE)
    copy.add("stopping/_catalogue.py", "from ._round_number import RoundNumber as RoundNumber\n")
    said = copy.run(
        "from motherlode.stopping import as_rules; from motherlode.session import Session\n"
        "rule, = as_rules('round_number:2'); print(rule, rule.advise(Session(9, [True] * 4)).stop)"
    )
    assert said == "RoundNumber(of=2) True"
    assert len(copy.touched) == 2


def test_a_file_format_is_one_file_and_one_line(copy):
    copy.add("_files/bars.py", FORMAT)
    copy.replace(
        "_files/formats.py",
        '        "csv": _in("csv_files", "read_csv"),\n',
        '        "csv": _in("csv_files", "read_csv"),\n        "bars": _in("bars", "read_bars"),\n',
    )
    (copy.package.parent / "rows.bars").write_text("a|b\n1|2\n3|4\n")
    assert copy.run("import motherlode as m; print(len(m.Pool('rows.bars')))") == "2"
    assert len(copy.touched) == 2


def test_an_endpoint_is_a_function_and_its_body(copy):
    copy.add("web/_overview.py", ENDPOINT)
    copy.replace("web/_overview.py", "import Disagreements,", "import GreetingOut, Disagreements,")
    copy.add("web/_bodies.py", BODY)
    said = copy.run(
        "from motherlode.web import _overview; "
        "print([route.path for route in _overview.router.routes if 'greeting' in route.path])"
    )
    assert said == "['/greeting']"
    assert len(copy.touched) == 2
