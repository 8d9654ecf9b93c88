"""A prior in simulated sessions."""

import numpy as np
import pytest

from motherlode import InputError
from motherlode.priors import Judge
from motherlode.simulation import Dataset, run, simulate

RNG = np.random.default_rng(0)
Y = (np.arange(300) % 15 == 0).astype(int)
MADE = Dataset("made", RNG.normal(size=(300, 3)), Y)
SETTINGS = {"budget": 20, "start": "none", "final_every": 20}


def test_scores_of_the_data_set_follow_its_rows_into_the_pool():
    knowing = run(MADE, "auto", prior=Y.astype(float), **SETTINGS)
    assert sum(knowing.is_positive[:10]) >= 6


def test_a_file_of_runs_tells_priors_apart(tmp_path):
    path = tmp_path / "runs.jsonl"
    settings = {"seeds": 1, "path": path, **SETTINGS}
    simulate(MADE, ["auto"], prior=Y.astype(float), **settings)
    simulate(MADE, ["auto"], prior=Y.astype(float), **settings)
    with pytest.raises(InputError):
        simulate(MADE, ["auto"], prior=-Y.astype(float), **settings)


def test_scores_of_other_rows_are_refused():
    with pytest.raises(InputError, match="'made' 300 rows"):
        run(MADE, "auto", prior=[1.0, 2.0], **SETTINGS)


def test_a_function_is_asked_in_a_simulation():
    done = run(
        MADE, "auto", prior=Judge(lambda rows: [float(row[0] > 0) for row in rows]), **SETTINGS
    )
    assert len(done.rows) == 20
