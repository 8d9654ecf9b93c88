"""The examples of networks, each in a process of its framework, find what they are to find."""

import os
import re
import subprocess
import sys

import pytest

from .running import EXAMPLES


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_a_rare_digit_is_found_by_a_network(framework, tmp_path):
    command = [sys.executable, str(EXAMPLES / f"rare_digit_{framework}.py")]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    found, chance = map(
        float, re.search(r"labels: (\d+) of \d+ eights; ([\d.]+) by chance", done.stdout).groups()
    )
    assert found >= 5 * chance
