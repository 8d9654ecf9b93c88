"""Small files that simulations run on."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from projects import postgres  # noqa: F401 - a fixture

ROWS = 80


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV file of 80 rows, 8 of them of class 1, with a gap, a category and a row number."""
    rng = np.random.default_rng(0)
    path = tmp_path / "wells.csv"
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["id", "depth", "town", "rich"])
        for row in range(ROWS):
            rich = int(row % 10 == 0)
            depth = "" if row == 5 else f"{rng.normal() + 3 * rich:.3f}"
            write.writerow([row, depth, ["ulm", "bonn"][row % 2], rich])
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A JSONL file of 80 texts, 8 of them of class yes."""
    rng = np.random.default_rng(0)
    path = tmp_path / "notes.jsonl"
    with path.open("w") as file:
        for row in range(ROWS):
            rich = row % 10 == 0
            words = rng.choice(["gold", "ore"] if rich else ["mud", "sand", "clay"], 5)
            text = f"{' '.join(words)} w{row}"
            file.write(json.dumps({"text": text, "rich": "yes" if rich else "no"}) + "\n")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A CSV file of 60 wells."""
    path = tmp_path / "wells.csv"
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["well", "depth", "town"])
        for row in range(60):
            write.writerow([f"w{row}", 10 * (row % 12 == 0) + row / 100, ["ulm", "bonn"][row % 2]])
    return path


@pytest.fixture
def project(data: Path, tmp_path: Path) -> Path:
    """A project of these wells, with an id and two classes."""
    from motherlode.cli._app import run

    folder = tmp_path / "p"
    options = ["--classes", "dry,gold", "--minority", "gold", "--id", "well"]
    quick = ["--strategy", "margin", "--model", "logistic_regression"]
    assert run(["init", str(folder), "--data", str(data), *options, *quick]) == 0
    return folder
