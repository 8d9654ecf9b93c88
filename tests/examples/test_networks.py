"""The examples run, find what they are to find, and end with a picture."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_a_rare_digit_is_found_by_a_network(framework, tmp_path):
    picture = tmp_path / "found.svg"
    command = [
        *(sys.executable, str(EXAMPLES / f"rare_digit_{framework}.py"), str(picture)),
        *("--seeds", "1", "--labels", "150", "--batch", "15"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = re.search(r"auto found ([\d.]+) on average, random ([\d.]+)", done.stdout)
    auto, chance = map(float, said.groups())
    assert auto >= 3 * max(chance, 1.0)
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
